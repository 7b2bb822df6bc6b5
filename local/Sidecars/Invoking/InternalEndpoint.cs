using CloudNative.Local.Sidecars.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>
/// What stands for daprd's internal gRPC port: takes invocations that another process's sidecar hands in, on a port of its own on this machine's
/// loopback. The caller's sidecar has made the headers; path, answer and body pass through.
/// </summary>
internal sealed class InternalEndpoint(SidecarOptions options, AppInvoker apps)
{
    /// <summary>On an answer that is none of the app's: why there is none.</summary>
    private const string FailureHeader = "sidecar-failure";

    public static string? FailureOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues(FailureHeader, out var values) ? Uri.UnescapeDataString(values.ToString()) : null;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await InvokeAsync(context);
        }
        catch (ApiException failure) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = failure.HttpStatus;
            context.Response.Headers[FailureHeader] = Uri.EscapeDataString(Invocation.ReasonOf(failure, options.AppId));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
    }

    private async Task InvokeAsync(HttpContext context)
    {
        context.Features.Set(new BodyLimit(options.MaxBodySizeBytes));
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var body = await InvocationBody.OfAsync(context, isKept: false, options.MaxBodySizeBytes);
        using var answer = await apps.InvokeAsync(apps.Find(options.AppId), target, () => Request(context, body), isRepeatable: false, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        InvocationHeaders.ToCaller(answer, context.Response.Headers);
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private HttpRequestMessage Request(HttpContext context, InvocationBody body)
    {
        var request = new HttpRequestMessage { Method = new HttpMethod(context.Request.Method), Content = body.ToContent() };
        InvocationHeaders.FromSidecar(request, context.Request.Headers, options.AppApiToken);
        return request;
    }
}
