using CloudNative.Local.Sidecars.App;
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
    private readonly WebApplication _application;
    private readonly IReadOnlyList<IAppLifecycle> _lifecycles;
    private readonly AppInvoker _apps;
    private readonly Readiness _readiness;
    private readonly SidecarServices _services;
    private readonly TaskCompletionSource<ShutdownRequest> _shutdown;
    private readonly CancellationTokenSource _stopping = new();
    private Task _appWatch = Task.CompletedTask;
    private bool _isStopped;

    private Sidecar(
        SidecarOptions options, WebApplication application, IReadOnlyList<IAppLifecycle> lifecycles,
        AppInvoker apps, Readiness readiness, SidecarServices services, TaskCompletionSource<ShutdownRequest> shutdown)
    {
        Options = options;
        _application = application;
        _lifecycles = lifecycles;
        _apps = apps;
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
        var apps = new AppInvoker(options, services.Peers);
        var apis = StandardApis.Create(options, components, furtherApis, services, apps, readiness, shutdown);
        var routes = new HttpRouter(options.Configuration.Apis);
        var methods = new GrpcMethods(options);
        foreach (var api in apis)
        {
            api.MapHttp(routes);
            api.MapGrpc(methods);
        }
        notServed.Options(options);
        var pipeline = new HttpPipeline(options, routes, new InvokeFallback(options, apps, notServed).HandleAsync);
        var application = SidecarServer.Build(
            options, pipeline, new InternalEndpoint(options, apps), methods, new UnknownMethods(options, notServed), services.Loggers);
        var sidecar = new Sidecar(options, application, [.. furtherApis.OfType<IAppLifecycle>()], apps, readiness, services, shutdown);
        await sidecar.StartAsync(cancellationToken);
        return sidecar;
    }

    /// <summary>Takes no new work for the app while the API goes on to answer: what comes before <see cref="StopAsync"/> where the end is to be put off.</summary>
    public Task PauseAsync(CancellationToken cancellationToken)
    {
        _readiness.Stops();
        return Task.WhenAll(_lifecycles.Select(lifecycle => lifecycle.DrainAsync(cancellationToken)));
    }

    /// <summary>Ends in order: the ports close, no new work for the app begins, and what is in hand is finished and answered.</summary>
    /// <param name="cancellationToken">Set when the time for that is over; the rest is then cut off.</param>
    /// <returns>Whether the time was enough.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        if (_isStopped)
            return true;
        _isStopped = true;
        await _stopping.CancelAsync();
        await _appWatch;
        await Task.WhenAll(_application.StopAsync(cancellationToken), PauseAsync(cancellationToken));
        return !cancellationToken.IsCancellationRequested;
    }

    public async ValueTask DisposeAsync()
    {
        using var grace = new CancellationTokenSource(Options.GracefulShutdown, _services.Time);
        await StopAsync(grace.Token);
        await _application.DisposeAsync();
        _apps.Dispose();
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
        var (http, grpc, inside) = SidecarServer.Ports(_application);
        Options = Options with { HttpPort = http, GrpcPort = grpc, InternalPort = inside };
        _readiness.OutboundIsReady();
        var watch = new AppWatch(Options, _lifecycles, _readiness, _services.Time, _services.Loggers.CreateLogger<AppWatch>());
        _appWatch = watch.RunAsync(_stopping.Token);
    }
}

/// <summary>A sidecar cannot start; the message says why.</summary>
public sealed class SidecarException(string message, Exception? innerException = null) : Exception(message, innerException);
