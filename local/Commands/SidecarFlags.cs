using System.CommandLine;
using CloudNative.Local.Configurations;
using CloudNative.Local.PubSub.CloudEvents;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;
using CloudNative.Local.RunFiles;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Peers;

namespace CloudNative.Local.Commands;

/// <summary>The arguments of daprd that a sidecar alone understands; others are ignored, as they change nothing that is served.</summary>
internal sealed class SidecarFlags
{
    private readonly Option<string> appId = new("--app-id", "-app-id") { DefaultValueFactory = _ => "" };
    private readonly Option<int> httpPort = new("--http-port", "--dapr-http-port") { DefaultValueFactory = _ => 3500 };
    private readonly Option<int> grpcPort = new("--grpc-port", "--dapr-grpc-port") { DefaultValueFactory = _ => 50001 };
    private readonly Option<int?> appPort = new("--app-port");
    private readonly Option<string> appProtocol = new("--app-protocol") { DefaultValueFactory = _ => "http" };
    private readonly Option<int> appMaxConcurrency = new("--app-max-concurrency") { DefaultValueFactory = _ => -1 };
    private readonly Option<bool> checksHealth = new("--enable-app-health-check");
    private readonly Option<string> healthPath = new("--app-health-check-path") { DefaultValueFactory = _ => "/healthz" };
    private readonly Option<int> healthInterval = new("--app-health-probe-interval") { DefaultValueFactory = _ => 5 };
    private readonly Option<int> healthTimeout = new("--app-health-probe-timeout") { DefaultValueFactory = _ => 500 };
    private readonly Option<int> healthThreshold = new("--app-health-threshold") { DefaultValueFactory = _ => 3 };
    private readonly Option<string?> disabledInitEndpoints = new("--disable-init-endpoints");
    private readonly Option<string[]> resources = new("--resources", "--resources-path");
    private readonly Option<string?> config = new("--config");
    private readonly Option<string?> maxBodySize = new("--max-body-size", "--dapr-http-max-request-size");
    private readonly Option<int> gracefulShutdown = new("--dapr-graceful-shutdown-seconds") { DefaultValueFactory = _ => 5 };
    private readonly Option<string?> blockShutdown = new("--dapr-block-shutdown-duration");
    private readonly Option<string> peers = new("--peers") { DefaultValueFactory = _ => PeerFolder.Default };

    // For replays of recordings: the broker it names is not served, and what stands for it loses events.
    private readonly Option<string?> parallelBroker = new("--stand-in-for-broker") { Hidden = true };

    /// <summary>Arguments that change daprd's answers, not ours.</summary>
    private static readonly string[] ChangingAnswers = ["--allowed-origins", "--unix-domain-socket", "--app-channel-address", "--control-plane-address"];

    public static IEnumerable<string> NotServed(ParseResult parsed) =>
        parsed.UnmatchedTokens.Select(token => token.Split('=')[0]).Intersect(ChangingAnswers, StringComparer.Ordinal);

    public void AddTo(RootCommand command)
    {
        foreach (Option option in (Option[])[
            appId, httpPort, grpcPort, appPort, appProtocol, appMaxConcurrency, checksHealth, healthPath, healthInterval, healthTimeout, healthThreshold,
            resources, config, maxBodySize, gracefulShutdown, blockShutdown, peers, disabledInitEndpoints, parallelBroker])
            command.Add(option);
    }

    public IReadOnlyList<string> Resources(ParseResult parsed) => parsed.GetValue(resources) ?? [];

    /// <summary>Where sidecars of other processes are found.</summary>
    public string Peers(ParseResult parsed) => parsed.GetValue(peers)!;

    /// <summary>The component type that a parallel, lossy broker stands for; null: none.</summary>
    public string? ParallelBrokerType(ParseResult parsed) => parsed.GetValue(parallelBroker);

    /// <summary>For how long the end is put off after a signal; zero: not at all.</summary>
    /// <exception cref="SidecarFlagException">It is no duration.</exception>
    public TimeSpan BlockShutdown(ParseResult parsed)
    {
        if (parsed.GetValue(blockShutdown) is not { Length: > 0 } text)
            return TimeSpan.Zero;
        return GoDuration.TryParse(text, out var duration)
            ? duration
            : throw new SidecarFlagException($"--dapr-block-shutdown-duration {text}: write a number with its unit, for example 3s");
    }

    /// <param name="visible">The resources that the app may see.</param>
    /// <exception cref="SidecarFlagException">A value makes no sense.</exception>
    /// <exception cref="ConfigurationException">The Configuration that is named cannot be used.</exception>
    public SidecarOptions Options(ParseResult parsed, ResourceSet visible, ILoggerFactory loggers) =>
        new SidecarOptions(AppId(parsed), parsed.GetValue(httpPort), parsed.GetValue(grpcPort), parsed.GetValue(appPort))
        {
            AppProtocol = parsed.GetValue(appProtocol)!,
            AppMaxConcurrency = parsed.GetValue(appMaxConcurrency),
            AppHealthCheck = HealthCheck(parsed),
            DisabledInitEndpoints = parsed.GetValue(disabledInitEndpoints)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            InternalPort = 0,
            MaxBodySizeBytes = ByteQuantity.Parse("--max-body-size", parsed.GetValue(maxBodySize), SidecarOptions.DefaultMaxBodySizeBytes),
            GracefulShutdown = TimeSpan.FromSeconds(parsed.GetValue(gracefulShutdown)),
            ApiToken = Environment.GetEnvironmentVariable("DAPR_API_TOKEN"),
            AppApiToken = Environment.GetEnvironmentVariable("APP_API_TOKEN"),
            Namespace = Environment.GetEnvironmentVariable("NAMESPACE"),
            Configuration = ConfigurationFile.Read(parsed.GetValue(config), Environment.GetEnvironmentVariable),
            HttpEndpoints = [.. visible.OfKind("HTTPEndpoint").Select(endpoint => endpoint.Name)],
            Resiliencies = [.. visible.OfKind("Resiliency").Select(resiliency => resiliency.Name)],
            Resiliency = ResiliencyPolicies.From(visible.Documents, TimeProvider.System, loggers),
        }.WithAppGate();

    /// <exception cref="SidecarFlagException">It is empty.</exception>
    public string AppId(ParseResult parsed) => parsed.GetValue(appId) is { Length: > 0 } id
        ? id
        : throw new SidecarFlagException("the app id is empty: name it with --app-id");

    private AppHealthCheck? HealthCheck(ParseResult parsed) => parsed.GetValue(checksHealth)
        ? new AppHealthCheck(
            parsed.GetValue(healthPath)!,
            TimeSpan.FromSeconds(Positive(parsed, healthInterval)),
            TimeSpan.FromMilliseconds(Positive(parsed, healthTimeout)),
            Positive(parsed, healthThreshold))
        : null;

    private static int Positive(ParseResult parsed, Option<int> option) => parsed.GetValue(option) is > 0 and var number
        ? number
        : throw new SidecarFlagException($"{option.Name} {parsed.GetValue(option)}: write a number above zero");
}

/// <summary>A flag's value makes no sense; the message names the flag.</summary>
internal sealed class SidecarFlagException(string message) : Exception(message);
