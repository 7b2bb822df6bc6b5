using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Sidecars;

/// <summary>daprd takes every request that is no route of the API for a service invocation.</summary>
internal sealed class InvokeFallback(NotServed notServed) : IHttpFallback
{
    public Task HandleAsync(HttpContext context, RequestTarget target)
    {
        notServed.Http(context.Request.Method, target.Segments);
        throw ApiErrors.NoRoute();
    }
}
