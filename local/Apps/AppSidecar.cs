using CloudNative.Local.Configurations;
using CloudNative.Local.PubSub;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;
using CloudNative.Local.RunFiles;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.App;

namespace CloudNative.Local.Apps;

/// <summary>The composition of one app's sidecar: its components, the APIs over them, and the server that answers.</summary>
internal sealed class AppSidecar : IAsyncDisposable
{
    private readonly ComponentSet components;
    private readonly Sidecar sidecar;

    private AppSidecar(ComponentSet components, Sidecar sidecar)
    {
        this.components = components;
        this.sidecar = sidecar;
    }

    /// <summary>What calls of the app pass.</summary>
    public AppGate Gate => sidecar.Options.AppGate;

    public bool IsReady => sidecar.IsReady;

    public Task ShutdownRequested => sidecar.ShutdownRequested;

    /// <exception cref="ComponentInitException">A component cannot start.</exception>
    /// <exception cref="ConfigurationException">The app's Configuration cannot be used.</exception>
    /// <exception cref="SidecarException">A port is taken.</exception>
    public static async Task<AppSidecar> StartAsync(
        AppDefinition app, AssignedPorts ports, ResourceSet visible, ComponentPaths paths, SidecarServices services, CancellationToken cancellationToken)
    {
        var options = Options(app, ports, visible) with { Resiliency = ResiliencyPolicies.From(visible.Documents, services.Time, services.Loggers) };
        options = options.WithAppGate();
        var context = new ComponentContext(app.Id, paths.Resolve, services.Time, services.Loggers);
        var components = await ComponentSet.CreateAsync(visible, options.Configuration, context, Environment.GetEnvironmentVariable, cancellationToken);
        try
        {
            var pubSub = PubSubApi.Create(options, components.Components, visible.Documents, services);
            return new AppSidecar(components, await Sidecar.StartAsync(options, components.Components, [pubSub], services, cancellationToken));
        }
        catch
        {
            await components.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await sidecar.DisposeAsync();
        await components.DisposeAsync();
        Gate.Dispose();
    }

    private static SidecarOptions Options(AppDefinition app, AssignedPorts ports, ResourceSet visible) => new(app.Id, ports.Http, ports.Grpc, ports.App)
    {
        AppProtocol = app.Protocol,
        AppMaxConcurrency = app.MaxConcurrency,
        AppHealthCheck = app.HealthCheck,
        Configuration = ConfigurationFile.Read(app.ConfigFile, Environment.GetEnvironmentVariable),
        MaxBodySizeBytes = (int)Math.Min(int.MaxValue, app.MaxBodySizeBytes),
        ApiToken = Environment.GetEnvironmentVariable("DAPR_API_TOKEN"),
        AppApiToken = Environment.GetEnvironmentVariable("APP_API_TOKEN"),
        Namespace = Environment.GetEnvironmentVariable("NAMESPACE"),
        HttpEndpoints = [.. visible.OfKind("HTTPEndpoint").Select(endpoint => endpoint.Name)],
        Resiliencies = [.. visible.OfKind("Resiliency").Select(resiliency => resiliency.Name)],
    };
}
