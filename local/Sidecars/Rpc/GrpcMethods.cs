using CloudNative.Local.Sidecars.Http;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace CloudNative.Local.Sidecars.Rpc;

/// <summary>Stands for the service that the methods below belong to; it has no state of its own.</summary>
internal sealed class DaprService;

/// <summary>Binds the methods of every API of one sidecar by hand: the messages come without a server base.</summary>
internal sealed class GrpcMethods(SidecarOptions options) : IGrpcMethods, IServiceMethodProvider<DaprService>
{
    public const string ServiceName = "dapr.proto.runtime.v1.Dapr";

    private readonly ApiToken _token = new(options.ApiToken);
    private readonly List<Action<ServiceMethodProviderContext<DaprService>>> _bindings = [];

    public void Unary<TRequest, TResponse>(string name, Func<TRequest, ServerCallContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var method = new Method<TRequest, TResponse>(
            MethodType.Unary, ServiceName, name, Messages.Of<TRequest>(options.MaxBodySizeBytes), Messages.Of<TResponse>(options.MaxBodySizeBytes));
        if (!options.Configuration.Apis.HasMethod(name))
            handler = (_, _) => throw GrpcErrors.Hidden();
        _bindings.Add(context => context.AddUnaryMethod(method, [], (_, request, call) => AnswerAsync(handler, request, call)));
    }

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<DaprService> context)
    {
        foreach (var bind in _bindings)
            bind(context);
    }

    private async Task<TResponse> AnswerAsync<TRequest, TResponse>(
        Func<TRequest, ServerCallContext, Task<TResponse>> handler, TRequest request, ServerCallContext call)
    {
        if (_token.IsAsked)
            RequireToken(call);
        var context = call.GetHttpContext();
        if (RequestTrace.Begin(context, options.Configuration.Tracing).Baggage is { } baggage)
            context.Response.Headers.Baggage = baggage;
        try
        {
            return await handler(request, call);
        }
        catch (ApiException error)
        {
            throw GrpcErrors.Of(error);
        }
    }

    private void RequireToken(ServerCallContext call)
    {
        var headers = call.GetHttpContext().Request.Headers;
        if (!_token.Accepts(headers))
            throw GrpcErrors.Unauthorized(isMissing: !headers.ContainsKey(ApiToken.Header));
    }
}
