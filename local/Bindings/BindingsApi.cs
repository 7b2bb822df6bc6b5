using System.Text.Json;
using CloudNative.Local.Json;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Http;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;

namespace CloudNative.Local.Bindings;

/// <summary>Invoking output bindings over both protocols.</summary>
internal sealed class BindingsApi(BindingsApiInvoker invoker) : IApi
{
    private const string Body = "OutputBindingRequest";
    private const string MetadataPrefix = "metadata.";

    public void MapHttp(IHttpRoutes routes) => routes.Map("POST|PUT", "/v1.0/bindings/{name}", InvokeAsync);

    public void MapGrpc(IGrpcMethods methods) => methods.Unary<InvokeBindingRequest, InvokeBindingResponse>("InvokeBinding", InvokeAsync);

    private async Task InvokeAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var request = Read(await BodyAsync(context));
        TraceInto(request.Metadata, context);
        try
        {
            var response = await invoker.InvokeAsync(path["name"], new BindingRequest(request.Operation, request.Data, request.Metadata), context.RequestAborted);
            if (response is null)
            {
                await JsonAnswer.NoContentAsync(context);
                return;
            }
            AddHeaders(context, response.Metadata);
            await JsonAnswer.WriteAsync(context, response.Data);
        }
        catch (BindingsApiFailure failure)
        {
            AddHeaders(context, failure.Metadata);
            throw failure.Error();
        }
    }

    private async Task<InvokeBindingResponse> InvokeAsync(InvokeBindingRequest request, ServerCallContext call)
    {
        var metadata = new Dictionary<string, string>(request.Metadata, StringComparer.Ordinal);
        BindingsApiCallMetadata.AddMissing(metadata, call);
        TraceInto(metadata, call.GetHttpContext());
        try
        {
            var response = await invoker.InvokeAsync(request.Name, new BindingRequest(request.Operation, request.Data.Memory, metadata), call.CancellationToken);
            if (response is null)
                return new InvokeBindingResponse();
            await BindingsApiCallMetadata.SendAsync(call, response.Metadata);
            return new InvokeBindingResponse { Data = UnsafeByteOperations.UnsafeWrap(response.Data), Metadata = { response.Metadata.ToDictionary() } };
        }
        catch (BindingsApiFailure failure)
        {
            await BindingsApiCallMetadata.SendAsync(call, failure.Metadata);
            throw failure.Error();
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        try
        {
            return await RequestBody.ReadAsync(context);
        }
        catch (BodyTooLargeException tooLarge)
        {
            throw ApiErrors.Malformed(JsonAnswer.MalformedBody + tooLarge.Message);
        }
    }

    private static (string Operation, byte[] Data, Dictionary<string, string> Metadata) Read(ReadOnlySpan<byte> body)
    {
        try
        {
            using var document = GoStruct.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Null)
                return ("", "null"u8.ToArray(), []);
            if (root.ValueKind != JsonValueKind.Object)
                throw GoStruct.NotAValue(root, "http." + Body);
            return (GoStruct.Text(root, "operation", Body), GoStruct.Bytes(GoStruct.Raw(root, "data")), GoStruct.TextMap(root, "metadata", Body));
        }
        catch (GoJsonException malformed)
        {
            throw ApiErrors.Malformed(JsonAnswer.MalformedBody + malformed.Message);
        }
    }

    /// <summary>How a binding that calls others learns of the trace; metadata of these names is overwritten.</summary>
    private static void TraceInto(Dictionary<string, string> metadata, HttpContext context)
    {
        var trace = RequestTrace.Of(context);
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("traceparent", trace.Parent), ("tracestate", trace.State), ("baggage", trace.Baggage)])
        {
            metadata.Remove(name);
            if (value is not null)
                metadata[name] = value;
        }
    }

    private static void AddHeaders(HttpContext context, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (name, value) in metadata)
            context.Response.Headers[MetadataPrefix + name] = value.ReplaceLineEndings(" ");
    }
}
