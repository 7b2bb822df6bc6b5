using System.Globalization;
using System.Net.Sockets;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.State;

/// <summary>The sidecar's gRPC stub, as the environment names it: DAPR_GRPC_ENDPOINT, else DAPR_GRPC_PORT, else port 50001; DAPR_API_TOKEN.</summary>
public static class SidecarChannel
{
    // Answers of a bulk get are bounded by the sidecar (4 MiB unless it is told otherwise), not here.
    private const int MaxReceiveBytes = 64 * 1024 * 1024;

    public static IServiceCollection AddSidecarStub(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => Connect(provider.GetRequiredService<IConfiguration>()));
        return services;
    }

    private static Stub Connect(IConfiguration configuration)
    {
        var channel = GrpcChannel.ForAddress(Endpoint(configuration), new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                // There is one sidecar to connect to: without a callback of ours the channel wraps the connection, for load balancing, and so every read.
                ConnectCallback = ConnectAsync,
            },
            MaxReceiveMessageSize = MaxReceiveBytes,
            DisposeHttpClient = true,
        });
        var token = configuration["DAPR_API_TOKEN"];
        return string.IsNullOrEmpty(token) ? new Stub(channel) : new Stub(channel.Intercept(metadata =>
        {
            metadata.Add("dapr-api-token", token);
            return metadata;
        }));
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Endpoint(IConfiguration configuration)
    {
        var endpoint = configuration["DAPR_GRPC_ENDPOINT"];
        if (!string.IsNullOrEmpty(endpoint))
            return endpoint;
        var port = configuration["DAPR_GRPC_PORT"];
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(string.IsNullOrEmpty(port) ? "50001" : port)}");
    }
}
