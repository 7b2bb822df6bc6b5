using Microsoft.AspNetCore.Http.Features;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>What happens to every HTTP request of one sidecar: trace context, token, route, error body.</summary>
/// <param name="fallback">Takes what no route matches.</param>
internal sealed class HttpPipeline(SidecarOptions options, HttpRouter router, Func<HttpContext, RequestTarget, Task> fallback)
{
    private readonly ApiToken _token = new(options.ApiToken);
    private readonly BodyLimit _limit = new(options.MaxBodySizeBytes);

    public Task HandleAsync(HttpContext context)
    {
        var target = RequestTarget.Parse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (!target.IsWellFormed())
            return RefuseTargetAsync(context);
        context.Features.Set(target);
        context.Features.Set(_limit);
        var trace = RequestTrace.Begin(context, options.Configuration.Tracing);
        if (!IsHealth(target))
            trace.CopyTo(context.Response.Headers);
        return _token.Accepts(context.Request.Headers) || IsOpen(context.Request.Method, target)
            ? AnswerAsync(context, target)
            : RefuseTokenAsync(context);
    }

    private async Task AnswerAsync(HttpContext context, RequestTarget target)
    {
        try
        {
            if (router.Find(context.Request.Method, target) is { } match)
                await match.Handler(context, match.Parameters);
            else
                await fallback(context, target);
        }
        catch (ApiException error) when (!context.Response.HasStarted)
        {
            await ErrorBody.WriteAsync(context, error);
        }
        catch (BodyTooLargeException tooLarge) when (!context.Response.HasStarted)
        {
            await ErrorBody.WriteAsync(context, ApiErrors.Malformed(tooLarge.Message));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
    }

    private static bool IsHealth(RequestTarget target) => target.Path.Contains("/healthz", StringComparison.Ordinal);

    /// <summary>Health is answered without a token.</summary>
    private static bool IsOpen(string verb, RequestTarget target) =>
        verb == "GET" && target.Segments is ["v1.0", "healthz"] or ["v1.0", "healthz", "outbound"];

    private static Task RefuseTargetAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return WriteTextAsync(context, StatusCodes.Status400BadRequest, "400 Bad Request");
    }

    private static Task RefuseTokenAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteTextAsync(context, StatusCodes.Status401Unauthorized, "invalid api token\n");
    }

    /// <summary>As Go's server answers where a whole part of the API is hidden.</summary>
    public static Task NotFoundAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteTextAsync(context, StatusCodes.Status404NotFound, "404 page not found\n");
    }

    private static Task WriteTextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
