using System.Net.Sockets;
using System.Text;
using CloudNative.Local.Faults;
using CloudNative.Local.Sidecars;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.Local.Tests.Sidecars;

/// <summary>A sidecar on free ports, with clients that send exactly what they are told.</summary>
internal sealed class RunningSidecar : IAsyncDisposable
{
    public const string Zeros = "00-00000000000000000000000000000000-0000000000000000-00";

    private readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, UseProxy = false, ActivityHeadersPropagator = null };

    private RunningSidecar(Sidecar sidecar)
    {
        Sidecar = sidecar;
        Http = new HttpClient(_handler) { BaseAddress = new Uri($"http://127.0.0.1:{sidecar.Options.HttpPort}") };
        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{sidecar.Options.GrpcPort}", new GrpcChannelOptions { MaxReceiveMessageSize = null });
    }

    public Sidecar Sidecar { get; }

    public HttpClient Http { get; }

    public GrpcChannel Channel { get; }

    public static Task<RunningSidecar> StartAsync(SidecarComponents? components = null, params IApi[] apis) =>
        StartAsync(new SidecarOptions("things-bff", 0, 0), components, apis);

    public static Task<RunningSidecar> StartAsync(SidecarOptions options, SidecarComponents? components = null, params IApi[] apis) =>
        StartAsync(options, components, Services(), apis);

    public static SidecarServices Services(IFaultSwitches? faults = null, Func<string, Peer?>? peers = null) =>
        new(faults ?? new NoFaults(), TimeProvider.System, NullLoggerFactory.Instance, peers ?? (_ => null));

    public static async Task<RunningSidecar> StartAsync(SidecarOptions options, SidecarComponents? components, SidecarServices services, params IApi[] apis)
    {
        return new RunningSidecar(await Sidecar.StartAsync(options, components ?? new SidecarComponents(), apis, services, TestContext.Current.CancellationToken));
    }

    /// <summary>The target goes out untouched, which HttpClient would not do.</summary>
    public async Task<RawAnswer> SendRawAsync(string verbAndTarget, string headers = "", string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Sidecar.Options.HttpPort, TestContext.Current.CancellationToken);
        var bytes = Encoding.UTF8.GetBytes(body);
        var length = bytes.Length > 0 && !headers.Contains("chunked", StringComparison.Ordinal) ? $"Content-Length: {bytes.Length}\r\n" : "";
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{verbAndTarget} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{length}{headers}\r\n"), TestContext.Current.CancellationToken);
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
        return RawAnswer.Parse(answer.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Channel.Dispose();
        _handler.Dispose();
        await Sidecar.DisposeAsync();
    }

    private sealed class NoFaults : IFaultSwitches
    {
        public ValueTask PassAsync(string component, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
