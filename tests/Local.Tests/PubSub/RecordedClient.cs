using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CloudNative.Local.Sidecars;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>Sends the requests of a recording and checks their answers.</summary>
internal sealed class RecordedClient : IDisposable
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default);
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithTypeRegistry(Google.Protobuf.Reflection.TypeRegistry.FromMessages(ErrorInfo.Descriptor, ResourceInfo.Descriptor)));

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly GrpcChannel channel;
    private readonly Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient grpc;
    private readonly SidecarOptions sidecar;
    private readonly RecordedValues values;

    public RecordedClient(SidecarOptions sidecar, RecordedValues values)
    {
        this.sidecar = sidecar;
        this.values = values;
        channel = GrpcChannel.ForAddress($"http://127.0.0.1:{sidecar.GrpcPort}");
        grpc = new(channel);
    }

    public Task ExchangeAsync(JsonElement send, JsonElement answer) =>
        send.TryGetProperty("http", out var line) ? HttpAsync(line.GetString()!, send, answer) : GrpcAsync(send, answer);

    public void Dispose()
    {
        http.Dispose();
        channel.Dispose();
    }

    private async Task HttpAsync(string line, JsonElement send, JsonElement answer)
    {
        var parts = line.Split(' ', 2);
        var target = new Uri($"http://127.0.0.1:{sidecar.HttpPort}{parts[1]}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(parts[0]), target) { Content = Content(send) };
        if (send.TryGetProperty("headers", out var headers))
        {
            foreach (var header in headers.EnumerateObject())
            {
                if (header.Name == "content-type")
                    request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(header.Value.GetString()!);
                else
                    request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            }
        }

        using var came = await http.SendAsync(request, TestContext.Current.CancellationToken);
        ((int)came.StatusCode).ShouldBe(answer.GetProperty("status").GetInt32(), line);
        var body = await came.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (answer.TryGetProperty("headers", out var expected))
        {
            foreach (var header in expected.EnumerateObject())
                Header(came, header.Name).ShouldBe(header.Value.GetString(), $"{line} {header.Name}");
        }

        if (answer.TryGetProperty("json", out var json))
            values.ShouldMatch(json, JsonElement.Parse(body), line);
        else
            body.ShouldBeEmpty(line);
    }

    private static ByteArrayContent Content(JsonElement send)
    {
        if (send.TryGetProperty("base64", out var base64))
            return new(base64.GetBytesFromBase64());
        if (send.TryGetProperty("text", out var text))
            return new(Encoding.UTF8.GetBytes(text.GetString()!));
        return new(send.TryGetProperty("json", out var json) ? Encoding.UTF8.GetBytes(json.GetRawText()) : []);
    }

    private static string? Header(HttpResponseMessage came, string name) =>
        came.Headers.TryGetValues(name, out var values) || came.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    private async Task GrpcAsync(JsonElement send, JsonElement answer)
    {
        var name = send.GetProperty("grpc").GetString()!;
        try
        {
            var reply = await CallAsync(name, send);
            answer.GetProperty("code").GetString().ShouldBe("OK", name);
            values.ShouldMatch(answer.GetProperty("json"), JsonElement.Parse(Formatter.Format(reply)), name);
        }
        catch (RpcException refused)
        {
            refused.StatusCode.ToString().ToUpperInvariant().ShouldBe(answer.GetProperty("code").GetString()!.Replace("_", "", StringComparison.Ordinal), name);
            refused.Status.Detail.ShouldBe(answer.GetProperty("text").GetString());
            var details = refused.GetRpcStatus()!.Details.Select(detail => Formatter.Format(detail));
            values.ShouldMatch(answer.GetProperty("details"), JsonElement.Parse($"[{string.Join(',', details)}]"), name);
        }
    }

    private async Task<IMessage> CallAsync(string name, JsonElement send)
    {
        var metadata = new Metadata();
        if (send.TryGetProperty("metadata", out var entries))
        {
            foreach (var entry in entries.EnumerateObject())
                metadata.Add(entry.Name, entry.Value.GetString()!);
        }

        var options = new CallOptions(metadata, cancellationToken: TestContext.Current.CancellationToken);
        var json = send.GetProperty("json").GetRawText();
#pragma warning disable CS0612 // The obsolete method is one that older clients still call.
        return name switch
        {
            "PublishEvent" => await grpc.PublishEventAsync(Parser.Parse<PublishEventRequest>(json), options),
            "BulkPublishEvent" => await grpc.BulkPublishEventAsync(Parser.Parse<BulkPublishRequest>(json), options),
            _ => await grpc.BulkPublishEventAlpha1Async(Parser.Parse<BulkPublishRequest>(json), options),
        };
#pragma warning restore CS0612
    }
}
