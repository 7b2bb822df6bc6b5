using CloudNative.Local.Sidecars.Http;
using CloudNative.Local.Sidecars.Invoking;
using CloudNative.Local.Sidecars.Rpc;
using Microsoft.AspNetCore.Connections;

namespace CloudNative.Local.Sidecars;

/// <summary>
/// One app's sidecar: the runtime API on 127.0.0.1, on a port for HTTP and one for gRPC. It neither starts the app nor owns the components.
/// </summary>
public sealed class Sidecar : IAsyncDisposable
{
    private static readonly TimeSpan DisposeGrace = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;
    private readonly IReadOnlyList<IAppLifecycle> _lifecycles;
    private readonly InvokeFallback _invocation;
    private readonly Readiness _readiness;
    private readonly SidecarServices _services;
    private readonly TaskCompletionSource<ShutdownRequest> _shutdown;
    private readonly CancellationTokenSource _stopping = new();
    private Task _appWatch = Task.CompletedTask;
    private bool _isStopped;

    private Sidecar(
        SidecarOptions options, WebApplication application, IReadOnlyList<IAppLifecycle> lifecycles,
        InvokeFallback invocation, Readiness readiness, SidecarServices services, TaskCompletionSource<ShutdownRequest> shutdown)
    {
        Options = options;
        _application = application;
        _lifecycles = lifecycles;
        _invocation = invocation;
        _readiness = readiness;
        _services = services;
        _shutdown = shutdown;
    }

    /// <summary>With the ports in use.</summary>
    public SidecarOptions Options { get; private set; }

    /// <summary>True once the API answers.</summary>
    public bool IsOutboundReady => _readiness.IsOutboundReady;

    /// <summary>True once the app listens too and every API has begun its work for it.</summary>
    public bool IsReady => _readiness.IsReady;

    /// <summary>Completes when <see cref="IsReady"/> becomes true.</summary>
    public Task Ready => _readiness.Ready;

    /// <summary>Completes when a caller of the API asked for the end; what to do about it is the owner's.</summary>
    public Task<ShutdownRequest> ShutdownRequested => _shutdown.Task;

    /// <param name="furtherApis">Beside those every sidecar has (state, bindings, secrets, health, metadata, shutdown, invocation).</param>
    /// <exception cref="SidecarException">A port is taken.</exception>
    public static async Task<Sidecar> StartAsync(
        SidecarOptions options, SidecarComponents components, IReadOnlyList<IApi> furtherApis, SidecarServices services, CancellationToken cancellationToken)
    {
        var readiness = new Readiness();
        var shutdown = new TaskCompletionSource<ShutdownRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
        var notServed = new NotServed(options.AppId, services.Loggers.CreateLogger<NotServed>());
        var apis = StandardApis.Create(options, components, furtherApis, services, readiness, shutdown);
        var routes = new HttpRouter();
        var methods = new GrpcMethods(options);
        foreach (var api in apis)
        {
            api.MapHttp(routes);
            api.MapGrpc(methods);
        }
        var invocation = new InvokeFallback(options, services.Peers, notServed);
        var pipeline = new HttpPipeline(options, routes, invocation.HandleAsync);
        var application = SidecarServer.Build(options, pipeline, methods, new UnknownMethods(options, notServed), services.Loggers);
        var sidecar = new Sidecar(options, application, [.. furtherApis.OfType<IAppLifecycle>()], invocation, readiness, services, shutdown);
        await sidecar.StartAsync(cancellationToken);
        return sidecar;
    }

    /// <summary>Ends in order: no new work for the app, what is in hand is finished, then the ports close and calls in flight get their answers.</summary>
    /// <param name="cancellationToken">Set when the time for that is over; the rest is then cut off.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_isStopped)
            return;
        _isStopped = true;
        _readiness.Stops();
        await _stopping.CancelAsync();
        await _appWatch;
        await Task.WhenAll(_lifecycles.Select(lifecycle => lifecycle.DrainAsync(cancellationToken)));
        await _application.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        using var grace = new CancellationTokenSource(DisposeGrace, _services.Time);
        await StopAsync(grace.Token);
        await _application.DisposeAsync();
        _invocation.Dispose();
        _stopping.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _application.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await _application.DisposeAsync();
            throw new SidecarException($"The sidecar of {Options.AppId} cannot listen, a port is taken: {exception.Message}", exception);
        }
        var (http, grpc) = SidecarServer.Ports(_application);
        Options = Options with { HttpPort = http, GrpcPort = grpc };
        _readiness.OutboundIsReady();
        var watch = new AppWatch(Options, _lifecycles, _readiness, _services.Time, _services.Loggers.CreateLogger<AppWatch>());
        _appWatch = watch.RunAsync(_stopping.Token);
    }
}

/// <summary>A sidecar cannot start; the message says why.</summary>
public sealed class SidecarException(string message, Exception? innerException = null) : Exception(message, innerException);
