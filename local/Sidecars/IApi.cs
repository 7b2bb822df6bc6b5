using Google.Protobuf;
using Grpc.Core;

namespace CloudNative.Local.Sidecars;

/// <summary>One building block's part of the runtime API, over both protocols of a sidecar.</summary>
public interface IApi
{
    void MapHttp(IHttpRoutes routes);

    void MapGrpc(IGrpcMethods methods);
}

public interface IHttpRoutes
{
    /// <summary>
    /// <paramref name="verbs"/> separated by <c>|</c>. <paramref name="pattern"/> such as <c>/v1.0/state/{store}/{key}</c>; a last <c>{rest...}</c> takes what is
    /// left. Matched on the raw target as daprd does (decoded, doubled slashes forgiven, dot segments cleaned, trailing slash cut).
    /// An ApiException becomes daprd's error body; no match is ERR_DIRECT_INVOKE.
    /// </summary>
    void Map(string verbs, string pattern, Func<HttpContext, IReadOnlyDictionary<string, string>, Task> handler);
}

public interface IGrpcMethods
{
    /// <summary>A unary method of dapr.proto.runtime.v1.Dapr. An ApiException becomes daprd's status with its details.</summary>
    void Unary<TRequest, TResponse>(string name, Func<TRequest, ServerCallContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new();
}

/// <summary>
/// An error as the runtime answers it. <see cref="Exception.Message"/> is the HTTP message; <see cref="GrpcText"/> where that differs.
/// <see cref="Details"/> null: a plain error (no HTTP details; over gRPC one ErrorInfo whose reason is the error code).
/// </summary>
public sealed class ApiException(int httpStatus, StatusCode grpcCode, string errorCode, string message) : Exception(message)
{
    public int HttpStatus { get; } = httpStatus;

    public StatusCode GrpcCode { get; } = grpcCode;

    public string ErrorCode { get; } = errorCode;

    public string? GrpcText { get; init; }

    /// <summary>Rich details, in order, in their protobuf form; null for a plain error.</summary>
    public IReadOnlyList<IMessage>? Details { get; init; }

    /// <summary>Where true the gRPC answer carries no details at all.</summary>
    public bool WithoutGrpcDetails { get; init; }
}
