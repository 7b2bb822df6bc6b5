using System.Net;
using System.Text;
using CloudNative.Local.Sidecars.Http;
using CloudNative.Local.Sidecars.Invoking;
using CloudNative.Local.Sidecars.Rpc;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CloudNative.Local.Sidecars;

/// <summary>
/// The web server of one sidecar: HTTP/1.1 on one port, gRPC over cleartext HTTP/2 on the other. It is built from nothing (no configuration,
/// no environment, no request logging): the process around it is not its own, and each request counts.
/// </summary>
internal static class SidecarServer
{
    private const int HeaderBytes = 8 * 1024;
    private const int StreamsPerConnection = 10_000;

    public static WebApplication Build(
        SidecarOptions options, HttpPipeline http, InternalEndpoint inside, GrpcMethods methods, UnknownMethods unknown, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Logging.AddProvider(new ForwardingLoggerProvider(loggers));
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IServiceMethodProvider<DaprService>>(methods);
        builder.Services.AddSingleton<DaprService>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.IgnoreUnknownServices = true;
            grpc.CompressionProviders.Clear();
            // The exact limit and its words are in Messages; this only bounds what is buffered before it looks.
            grpc.MaxReceiveMessageSize = (int)Math.Min(int.MaxValue, 4L * options.MaxBodySizeBytes);
            grpc.MaxSendMessageSize = null;
        });
        return Route(builder.Build(), http, inside, unknown);
    }

    /// <summary>The ports in use; the internal one is null where there is none.</summary>
    public static (int Http, int Grpc, int? Internal) Ports(WebApplication application)
    {
        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        var ports = addresses.Select(address => new Uri(address).Port).ToArray();
        return (ports[0], ports[1], ports.Length > 2 ? ports[2] : null);
    }

    private static WebApplication Route(WebApplication application, HttpPipeline http, InternalEndpoint inside, UnknownMethods unknown)
    {
        int? internalPort = null;
        application.Lifetime.ApplicationStarted.Register(() => internalPort = Ports(application).Internal);
        application.Use(next => context =>
        {
            if (!HttpProtocol.IsHttp2(context.Request.Protocol))
                return context.Connection.LocalPort == internalPort ? inside.HandleAsync(context) : http.HandleAsync(context);
            // Spares each call a dependency injection scope that nothing would use.
            context.RequestServices = application.Services;
            return next(context);
        });
        application.UseRouting();
        application.MapGrpcService<DaprService>();
        application.Map("/{**method}", unknown.AnswerAsync);
        return application;
    }

    private static void Listen(KestrelServerOptions kestrel, SidecarOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MaxRequestLineSize = HeaderBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        kestrel.Listen(IPAddress.Loopback, options.HttpPort, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        kestrel.Listen(IPAddress.Loopback, options.GrpcPort, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        if (options.InternalPort is { } port)
            kestrel.Listen(IPAddress.Loopback, port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }

    /// <summary>Signals belong to the process around the sidecars.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ForwardingLoggerProvider(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
            // The factory is the caller's.
        }
    }
}
