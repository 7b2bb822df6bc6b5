using CloudNative.Local.Configurations;
using CloudNative.Local.Faults;
using CloudNative.Local.PubSub;
using CloudNative.Local.PubSub.Components;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>A sidecar with the pub/sub components and subscriptions of YAML resources; its components end with it.</summary>
internal sealed class PubSubSidecar : IAsyncDisposable
{
    /// <summary>The type that the parallel broker stands for here.</summary>
    public const string ParallelBroker = "pubsub.redis";

    private readonly DirectoryInfo folder;
    private readonly List<IPubSubComponent> brokers;

    private PubSubSidecar(Sidecar sidecar, PubSubApi pubSub, DirectoryInfo folder, List<IPubSubComponent> brokers)
    {
        Sidecar = sidecar;
        PubSub = pubSub;
        this.folder = folder;
        this.brokers = brokers;
    }

    public Sidecar Sidecar { get; }

    public PubSubApi PubSub { get; }

    public static async Task<PubSubSidecar> StartAsync(string appId, IEnumerable<string> yaml, int? appPort, string? appApiToken = null, IFaultSwitches? faults = null, Tracing? tracing = null)
    {
        var folder = Directory.CreateTempSubdirectory("pubsub-");
        foreach (var (text, number) in yaml.Select((text, number) => (text, number)))
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{number:d3}.yaml"), text, TestContext.Current.CancellationToken);
        var resources = ResourceLoader.Load([folder.FullName]).For(appId);
        var components = await ComponentsAsync(appId, resources);
        var options = new SidecarOptions(appId, 0, 0, appPort)
        {
            AppApiToken = appApiToken,
            Configuration = SidecarConfiguration.Default with { Tracing = tracing ?? Tracing.Unconfigured },
            Resiliency = ResiliencyPolicies.From(resources.Documents, TimeProvider.System, NullLoggerFactory.Instance),
        };
        var services = new SidecarServices(faults ?? new NoFaults(), TimeProvider.System, NullLoggerFactory.Instance, _ => null);
        var loaded = new SidecarComponents { PubSub = components.ToDictionary(one => one.Resource.Name) };
        var pubSub = PubSubApi.Create(options, loaded, resources.Documents, services);
        var sidecar = await Sidecar.StartAsync(options, loaded, [pubSub], services, TestContext.Current.CancellationToken);
        return new PubSubSidecar(sidecar, pubSub, folder, [.. components.Select(one => one.Instance)]);
    }

    public async ValueTask DisposeAsync()
    {
        await Sidecar.DisposeAsync();
        foreach (var broker in brokers)
            await broker.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<List<Loaded<IPubSubComponent>>> ComponentsAsync(string appId, ResourceSet resources)
    {
        var context = new ComponentContext(appId, path => path, TimeProvider.System, NullLoggerFactory.Instance);
        var resolver = new ComponentResolver(appId, _ => null, _ => null);
        List<Loaded<IPubSubComponent>> loaded = [];
        foreach (var manifest in resources.Components)
        {
            var component = resolver.Resolve(manifest).Component!;
            loaded.Add(new(component, component.Type == ParallelBroker
                ? ParallelPubSub.Create(component, context)
                : await ComponentTypes.PubSub.Find(component, "message bus")(component, context, TestContext.Current.CancellationToken)));
        }

        return loaded;
    }

    private sealed class NoFaults : IFaultSwitches
    {
        public ValueTask PassAsync(string component, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
