using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace CloudNative.Conformance;

/// <summary>What a gRPC call ended with: code by name, message in proto3 JSON, details, metadata.</summary>
internal sealed record GrpcAnswer(string Code, string Text, byte[] Message, JsonElement Details, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Trailers);

/// <summary>A unary call whose messages are named in the recording.</summary>
internal static class GrpcCall
{
    private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);

    private static readonly MessageDescriptor[] Messages =
    [
        .. Dapr.Client.Autogen.Grpc.v1.DaprReflection.Descriptor.MessageTypes,
        .. Dapr.Client.Autogen.Grpc.v1.DaprReflection.Descriptor.Dependencies.SelectMany(file => file.MessageTypes),
        Empty.Descriptor,
    ];

    private static readonly JsonFormatter Details = new(JsonFormatter.Settings.Default.WithTypeRegistry(
        TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, ResourceInfo.Descriptor, Help.Descriptor, PreconditionFailure.Descriptor)));

    public static async Task<GrpcAnswer> SendAsync(int port, JsonElement send, string? answerType, Placeholders placeholders, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions
        {
            HttpHandler = new RecordedClient(),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
        });
        var name = send.GetProperty("grpc").GetString()!;
        var full = name.Contains('/', StringComparison.Ordinal) ? name.TrimStart('/') : $"dapr.proto.runtime.v1.Dapr/{name}";
        var slash = full.LastIndexOf('/');
        var method = new Method<byte[], byte[]>(MethodType.Unary, full[..slash], full[(slash + 1)..], Bytes, Bytes);
        var metadata = new Metadata();
        if (send.TryGetProperty("metadata", out var entries))
        {
            foreach (var entry in entries.EnumerateObject())
                metadata.Add(entry.Name, placeholders.Fill(entry.Value.GetString()!));
        }
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(metadata, cancellationToken: cancellationToken), Request(send, placeholders));
        try
        {
            var message = await call.ResponseAsync;
            return new GrpcAnswer("OK", "", AsJson(message, answerType), default, Entries(await call.ResponseHeadersAsync), Entries(call.GetTrailers()));
        }
        catch (RpcException failure) when (!cancellationToken.IsCancellationRequested)
        {
            var headers = call.ResponseHeadersAsync.IsCompletedSuccessfully ? Entries(await call.ResponseHeadersAsync) : new Dictionary<string, string>();
            var details = failure.GetRpcStatus()?.Details.Select(detail => JsonSerializer.Deserialize<JsonElement>(Details.Format(detail))).ToArray() ?? [];
            return new GrpcAnswer(NameOf(failure.StatusCode), failure.Status.Detail, [], JsonSerializer.SerializeToElement(details), headers, Entries(failure.Trailers));
        }
    }

    /// <summary>Offers the encodings that the recorded client offered, as an invoked app gets to see them.</summary>
    private sealed class RecordedClient() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Remove("grpc-accept-encoding");
            request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity, deflate, gzip");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private static byte[] Request(JsonElement send, Placeholders placeholders)
    {
        if (!send.TryGetProperty("message", out var type))
            return Content.Of(send, placeholders, out _);
        var json = send.TryGetProperty("json", out var message) ? Content.ProtoJson(message, placeholders) : "{}";
        return type.ValueEquals(InvokeServiceRequest.Descriptor.FullName) ? Invoking(json) : Find(type.GetString()!).Parser.ParseJson(json).ToByteArray();
    }

    private static byte[] AsJson(byte[] message, string? type) =>
        type is null ? message : type == InvokeResponse.Descriptor.FullName ? Invoked(InvokeResponse.Parser.ParseFrom(message)) : Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(Find(type).Parser.ParseFrom(message)));

    private static byte[] Invoking(string json)
    {
        var request = JsonNode.Parse(json)!;
        var data = request["message"]?["data"]?["value"]?.GetValue<string>();
        request["message"]?.AsObject().Remove("data");
        var parsed = InvokeServiceRequest.Parser.ParseJson(request.ToJsonString());
        parsed.Message.Data = data is null ? new Any() : new Any { Value = ByteString.FromBase64(data) };
        return parsed.ToByteArray();
    }

    /// <summary>Its Any holds bytes of no type, which protobuf's own JSON does not show.</summary>
    private static byte[] Invoked(InvokeResponse response) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        data = new { typeUrl = response.Data.TypeUrl, value = response.Data.Value.ToBase64() },
        contentType = response.ContentType,
    });

    private static MessageDescriptor Find(string name) =>
        Messages.FirstOrDefault(message => message.FullName == name) ?? throw new ReplayException($"unknown message type {name}");

    private static Dictionary<string, string> Entries(Metadata metadata)
    {
        var entries = new Dictionary<string, string>();
        foreach (var entry in metadata.Where(entry => !entry.IsBinary))
            entries[entry.Key] = entries.TryGetValue(entry.Key, out var before) ? $"{before}, {entry.Value}" : entry.Value;
        return entries;
    }

    private static string NameOf(StatusCode code) =>
        string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToUpperInvariant();
}
