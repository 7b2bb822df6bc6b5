using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CloudNative.BuildingBlocks.Hosting;

/// <summary>Answers 503 where a store, the stream or the sidecar is away: the caller may try again. Anything else is a 500 of the default kind.</summary>
internal sealed partial class DependencyAwayHandler(IProblemDetailsService problems, ILogger<DependencyAwayHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not (StateStoreException or EventPublishException or EntityStoreUnavailableException or DependencyUnavailableException))
            return false;
        LogDependencyAway(httpContext.Request.Path, exception.GetType().Name);
        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = "1";
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = StatusCodes.Status503ServiceUnavailable, Title = "Something this service needs is away. Try again." },
        });
    }

    [LoggerMessage(LogLevel.Warning, "{Path} failed with {Failure}: a dependency is away")]
    private partial void LogDependencyAway(string path, string failure);
}
