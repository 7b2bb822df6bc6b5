using System.Net;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>Service invocation over HTTP. daprd takes every request that is no route of the API for one.</summary>
internal sealed class InvokeFallback(SidecarOptions options, AppInvoker apps, NotServed notServed)
{
    public async Task HandleAsync(HttpContext context, RequestTarget target)
    {
        if (!options.Configuration.Apis.HasInvocation)
        {
            await HttpPipeline.NotFoundAsync(context);
            return;
        }
        if (Invocation.From(target, context.Request.Headers) is not { } invocation)
        {
            notServed.Http(context.Request.Method, target.Segments);
            throw ApiErrors.NoRoute();
        }
        var callee = apps.Find(invocation.AppId);
        var body = await InvocationBody.OfAsync(context, isKept: options.Resiliency.MayRepeatInvocations(callee.AppId), options.MaxBodySizeBytes);
        using var answer = await apps.InvokeAsync(
            callee, invocation.PathAndQuery, () => Request(context, callee, body), body.IsRepeatable, context.RequestAborted);
        await PassOnAsync(context, answer, callee);
    }

    private HttpRequestMessage Request(HttpContext context, Peer callee, InvocationBody body)
    {
        var request = new HttpRequestMessage { Method = new HttpMethod(context.Request.Method), Content = body.ToContent() };
        InvocationHeaders.ToApp(request, context.Request.Headers, RequestTrace.Of(context), callee.AppApiToken);
        if (callee.AppId != options.AppId)
            InvocationHeaders.FromPeer(request, options.AppId, callee.AppId);
        return request;
    }

    private async Task PassOnAsync(HttpContext context, HttpResponseMessage answer, Peer callee)
    {
        if (InternalEndpoint.FailureOf(answer) is { } failure)
            throw Invocation.Failure(callee.AppId, failure);
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        InvocationHeaders.ToCaller(answer, response.Headers);
        // A caller that streams gets a stream.
        if (context.Request.Headers.TransferEncoding.Count > 0)
            response.ContentLength = null;
        var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var first = new byte[4096];
        var read = await body.ReadAsync(first, context.RequestAborted);
        if (response.ContentType is null && DefaultContentType(answer.StatusCode, read > 0, callee.AppId != options.AppId) is { } type)
            response.ContentType = type;
        if (read == 0)
            return;
        await response.Body.WriteAsync(first.AsMemory(0, read), context.RequestAborted);
        await body.CopyToAsync(response.Body, context.RequestAborted);
    }

    private static string? DefaultContentType(HttpStatusCode status, bool hasBody, bool isFromPeer)
    {
        if (hasBody)
            return "text/plain; charset=utf-8";
        return isFromPeer && status != HttpStatusCode.NoContent ? "application/json" : null;
    }
}
