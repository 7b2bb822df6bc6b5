using System.CommandLine;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;

namespace CloudNative.Local.Commands;

/// <summary>The arguments of daprd that a sidecar alone understands; others are ignored, as they change nothing that is served.</summary>
internal sealed class SidecarFlags
{
    private readonly Option<string> appId = new("--app-id", "-app-id") { DefaultValueFactory = _ => "" };
    private readonly Option<int> httpPort = new("--http-port", "--dapr-http-port") { DefaultValueFactory = _ => 3500 };
    private readonly Option<int> grpcPort = new("--grpc-port", "--dapr-grpc-port") { DefaultValueFactory = _ => 50001 };
    private readonly Option<int?> appPort = new("--app-port");
    private readonly Option<string> appProtocol = new("--app-protocol") { DefaultValueFactory = _ => "http" };
    private readonly Option<string[]> resources = new("--resources", "--resources-path");
    private readonly Option<string?> config = new("--config");
    private readonly Option<string?> maxBodySize = new("--max-body-size", "--dapr-http-max-request-size");

    // For replays of recordings: the broker it names is not served, and what stands for it loses events.
    private readonly Option<string?> parallelBroker = new("--stand-in-for-broker") { Hidden = true };

    public void AddTo(RootCommand command)
    {
        foreach (Option option in (Option[])[appId, httpPort, grpcPort, appPort, appProtocol, resources, config, maxBodySize, parallelBroker])
            command.Add(option);
    }

    public IReadOnlyList<string> Resources(ParseResult parsed) => parsed.GetValue(resources) ?? [];

    /// <summary>The component type that a parallel, lossy broker stands for; null: none.</summary>
    public string? ParallelBrokerType(ParseResult parsed) => parsed.GetValue(parallelBroker);

    /// <exception cref="SidecarFlagException">A value makes no sense.</exception>
    public SidecarOptions Options(ParseResult parsed)
    {
        var visible = ResourceLoader.Load(Resources(parsed)).For(parsed.GetValue(appId)!);
        return new SidecarOptions(Named(parsed), parsed.GetValue(httpPort), parsed.GetValue(grpcPort), parsed.GetValue(appPort))
        {
            AppProtocol = parsed.GetValue(appProtocol)!,
            MaxBodySizeBytes = Bytes(parsed.GetValue(maxBodySize)),
            ApiToken = Environment.GetEnvironmentVariable("DAPR_API_TOKEN"),
            AppApiToken = Environment.GetEnvironmentVariable("APP_API_TOKEN"),
            Namespace = Environment.GetEnvironmentVariable("NAMESPACE"),
            HttpEndpoints = [.. visible.OfKind("HTTPEndpoint").Select(endpoint => endpoint.Name)],
            Resiliencies = [.. visible.OfKind("Resiliency").Select(resiliency => resiliency.Name)],
        };
    }

    private string Named(ParseResult parsed) => parsed.GetValue(appId) is { Length: > 0 } id
        ? id
        : throw new SidecarFlagException("the app id is empty: name it with --app-id");

    /// <summary>Quantities as daprd takes them: <c>4Mi</c>, <c>16Ki</c>, <c>4194304</c>, or megabytes as a small plain number of the older flag.</summary>
    private static int Bytes(string? text)
    {
        if (text is null)
            return SidecarOptions.DefaultMaxBodySizeBytes;
        var digits = text.TrimEnd('B', 'i', 'K', 'M', 'G', 'k');
        var unit = text[digits.Length..].TrimEnd('B') switch
        {
            "" => 1L,
            "k" or "K" => 1_000,
            "Ki" => 1_024,
            "M" => 1_000_000,
            "Mi" => 1_024 * 1_024,
            "G" => 1_000_000_000,
            "Gi" => 1_024L * 1_024 * 1_024,
            _ => throw new SidecarFlagException($"--max-body-size {text}: write a number with Ki, Mi or Gi"),
        };
        return int.TryParse(digits, out var number)
            ? (int)Math.Min(int.MaxValue, number * unit)
            : throw new SidecarFlagException($"--max-body-size {text}: write a number with Ki, Mi or Gi");
    }
}

/// <summary>A flag's value makes no sense; the message names the flag.</summary>
internal sealed class SidecarFlagException(string message) : Exception(message);
