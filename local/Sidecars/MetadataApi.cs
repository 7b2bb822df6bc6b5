using System.Collections.Concurrent;
using System.Text;
using CloudNative.Local.Sidecars.Http;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;

namespace CloudNative.Local.Sidecars;

/// <summary>What a sidecar says about itself: <c>/v1.0/metadata</c>, GetMetadata and SetMetadata.</summary>
internal sealed class MetadataApi(SidecarOptions options, SidecarComponents components, IReadOnlyList<ISubscriptionSource> subscriptions) : IApi
{
    private readonly ConcurrentDictionary<string, string> _attributes = new(StringComparer.Ordinal);

    public void MapHttp(IHttpRoutes routes)
    {
        routes.Map("GET", "/v1.0/metadata", (context, _) => JsonAnswer.WriteAsync(context, MetadataJson.Bytes(Describe())));
        routes.Map("PUT", "/v1.0/metadata/{key}", SetAsync);
    }

    public void MapGrpc(IGrpcMethods methods)
    {
        methods.Unary<GetMetadataRequest, GetMetadataResponse>("GetMetadata", (_, _) => Task.FromResult(Describe()));
        methods.Unary<SetMetadataRequest, Empty>("SetMetadata", (request, _) =>
        {
            _attributes[request.Key] = request.Value;
            return Task.FromResult(new Empty());
        });
    }

    private async Task SetAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        _attributes[path["key"]] = Encoding.UTF8.GetString(await RequestBody.ReadAsync(context));
        await JsonAnswer.NoContentAsync(context);
    }

    private GetMetadataResponse Describe()
    {
        var answer = new GetMetadataResponse
        {
            Id = options.AppId,
            RuntimeVersion = RuntimeVersion.Text,
            AppConnectionProperties = AppConnection(),
            ActorRuntime = new ActorRuntime { RuntimeStatus = ActorRuntime.Types.ActorRuntimeStatus.Disabled, Placement = "placement: disconnected" },
            Workflows = new MetadataWorkflows(),
        };
        answer.EnabledFeatures.Add(["HotReload", "WorkflowsRemoteActivityReminder"]);
        answer.ExtendedMetadata.Add(_attributes.ToDictionary());
        answer.ExtendedMetadata["daprRuntimeVersion"] = RuntimeVersion.Text;
        answer.RegisteredComponents.Add(Components().OrderBy(component => component.Name, StringComparer.Ordinal));
        answer.Subscriptions.Add(subscriptions.SelectMany(source => source.Subscriptions).Select(Subscription));
        answer.HttpEndpoints.Add(options.HttpEndpoints.Select(name => new MetadataHTTPEndpoint { Name = name }));
        answer.Resiliencies.Add(options.Resiliencies.Select(name => new MetadataResiliency { Name = name }));
        return answer;
    }

    private AppConnectionProperties AppConnection()
    {
        var app = new AppConnectionProperties
        {
            Protocol = options.AppProtocol,
            ChannelAddress = "127.0.0.1",
            Port = options.AppPort ?? 0,
            MaxConcurrency = Math.Max(0, options.AppMaxConcurrency),
        };
        if (options.AppHealthCheck is { } check)
        {
            app.Health = new AppConnectionHealthProperties
            {
                HealthCheckPath = check.Path,
                HealthProbeInterval = GoDurationText.Of(check.Interval),
                HealthProbeTimeout = GoDurationText.Of(check.Timeout),
                HealthThreshold = check.Threshold,
            };
        }
        return app;
    }

    private IEnumerable<RegisteredComponents> Components() =>
    [
        .. components.State.Values.Select(loaded => Registered(loaded, loaded.Instance.Capabilities)),
        .. components.Bindings.Values.Select(loaded => Registered(loaded, ["OUTPUT_BINDING"])),
        .. components.Secrets.Values.Select(loaded => Registered(loaded, [])),
        .. components.PubSub.Values.Select(loaded => Registered(loaded, loaded.Instance.Capabilities)),
    ];

    private static RegisteredComponents Registered<T>(Loaded<T> loaded, IReadOnlyList<string> capabilities)
        where T : class
    {
        var component = new RegisteredComponents { Name = loaded.Resource.Name, Type = loaded.Resource.Type, Version = loaded.Resource.Version };
        component.Capabilities.Add(capabilities);
        return component;
    }

    private static PubsubSubscription Subscription(SubscriptionInfo info)
    {
        var subscription = new PubsubSubscription
        {
            PubsubName = info.PubSubName,
            Topic = info.Topic,
            DeadLetterTopic = info.DeadLetterTopic,
            Rules = new PubsubSubscriptionRules(),
            Type = info.Kind switch
            {
                SubscriptionKind.Declarative => PubsubSubscriptionType.Declarative,
                SubscriptionKind.Programmatic => PubsubSubscriptionType.Programmatic,
                _ => PubsubSubscriptionType.Streaming,
            },
        };
        subscription.Metadata.Add(info.Metadata.ToDictionary());
        subscription.Rules.Rules.Add(info.Rules.Select(rule => new PubsubSubscriptionRule { Match = rule.Match, Path = rule.Path }));
        return subscription;
    }
}
