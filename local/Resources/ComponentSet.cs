using CloudNative.Local.Bindings;
using CloudNative.Local.Configurations;
using CloudNative.Local.PubSub;
using CloudNative.Local.PubSub.Components;
using CloudNative.Local.Secrets;
using CloudNative.Local.Sidecars;
using CloudNative.Local.State;

namespace CloudNative.Local.Resources;

/// <summary>The components of one app, made from its resources, and disposed together.</summary>
internal sealed partial class ComponentSet : IAsyncDisposable
{
    private readonly Dictionary<string, Loaded<ISecretStore>> secrets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Loaded<IStateComponent>> state = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Loaded<IOutputBinding>> bindings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Loaded<IPubSubComponent>> pubSub = new(StringComparer.Ordinal);
    private readonly List<IAsyncDisposable> instances = [];
    private readonly ILogger<ComponentSet> logger;

    private ComponentSet(ILogger<ComponentSet> logger) => this.logger = logger;

    public SidecarComponents Components => new() { Secrets = secrets, State = state, Bindings = bindings, PubSub = pubSub };

    /// <param name="visible">What the app may see (<see cref="ResourceSet.For"/>), secret stores first.</param>
    /// <param name="configuration">Says which types do not load.</param>
    /// <param name="environment">The sidecar's environment, for <c>envRef</c>.</param>
    /// <exception cref="ComponentInitException">A component cannot start and its errors are not to be ignored; the message names it and its file.</exception>
    public static async Task<ComponentSet> CreateAsync(
        ResourceSet visible, SidecarConfiguration configuration, ComponentContext context, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var set = new ComponentSet(context.Loggers.CreateLogger<ComponentSet>());
        try
        {
            var resolver = new ComponentResolver(context.AppId, environment, name => set.secrets.GetValueOrDefault(name)?.Instance);
            foreach (var manifest in visible.Components)
            {
                if (configuration.Denies(manifest.Type, manifest.Version))
                    set.LogDenied(context.AppId, manifest.Name, manifest.Type);
                else
                    await set.AddAsync(manifest, resolver, context, cancellationToken);
            }
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in Enumerable.Reverse(instances))
            await instance.DisposeAsync();
    }

    private async Task AddAsync(ComponentManifest manifest, ComponentResolver resolver, ComponentContext context, CancellationToken cancellationToken)
    {
        try
        {
            var resolved = resolver.Resolve(manifest);
            foreach (var warning in resolved.Warnings)
                LogWarning(context.AppId, manifest.Name, warning);
            if (resolved.Component is { } component)
                await StartAsync(component, context, cancellationToken);
        }
        catch (ComponentInitException exception) when (manifest.IgnoreErrors)
        {
            LogIgnored(exception, context.AppId, manifest.Name);
        }
        catch (ComponentInitException exception)
        {
            throw new ComponentInitException(
                $"component {manifest.Name} ({manifest.Type}/{manifest.Version}) of {manifest.SourceFile} cannot start for app {context.AppId}: {exception.Message}", exception);
        }
    }

    private async Task StartAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        switch (component.Type.Split('.')[0])
        {
            case "secretstores":
                secrets[component.Name] = Keep(component, await ComponentTypes.Secrets.Find(component, "secret store")(component, context, cancellationToken));
                break;
            case "state":
                state[component.Name] = Keep(component, await ComponentTypes.State.Find(component, "state store")(component, context, cancellationToken));
                break;
            case "bindings":
                bindings[component.Name] = Keep(component, await ComponentTypes.Bindings.Find(component, "output binding")(component, context, cancellationToken));
                break;
            case "pubsub":
                pubSub[component.Name] = Keep(component, component.Type == context.ParallelBrokerType
                    ? ParallelPubSub.Create(component, context)
                    : await ComponentTypes.PubSub.Find(component, "message bus")(component, context, cancellationToken));
                break;
            default:
                throw new ComponentInitException($"incorrect type {component.Type}");
        }
    }

    private Loaded<T> Keep<T>(Component component, T instance)
        where T : class, IAsyncDisposable
    {
        instances.Add(instance);
        return new Loaded<T>(component, instance);
    }

    [LoggerMessage(LogLevel.Warning, "App {AppId}, component {Component}: {Warning}")]
    private partial void LogWarning(string appId, string component, string warning);

    [LoggerMessage(LogLevel.Warning, "App {AppId}: component {Component} is absent, as the configuration denies components of type {Type}")]
    private partial void LogDenied(string appId, string component, string type);

    [LoggerMessage(LogLevel.Warning, "App {AppId}: component {Component} did not start and is absent, as its resource ignores errors")]
    private partial void LogIgnored(Exception exception, string appId, string component);
}
