using System.Net.Sockets;
using System.Text.Json;

namespace CloudNative.Conformance.RunFile;

/// <summary>A run that goes on until it is stopped: compares each member of what was seen.</summary>
internal sealed class GoingRun(RunUnderTest run, JsonElement given, JsonElement seen)
{
    // What the recording shows besides; the last is about a control plane that was not there.
    private static readonly HashSet<string> ToRead = ["console", "note", "/v1.0/healthz"];
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly SeenAnswers answers = new(run.Folder, given);
    private bool secondCameFirst;

    /// <returns>The first difference; null where there is none.</returns>
    public async Task<string?> DifferenceAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await run.UntilAsync(() => IsUpAsync(cancellationToken), patience, cancellationToken))
            return $"{(run.HasEnded ? "ended" : "was not up in time")}: {run.OwnLines.LastOrDefault("no word")}; apps started: {string.Join(", ", run.StartedApps)}";
        foreach (var member in seen.EnumerateObject().Where(member => !ToRead.Contains(member.Name)))
        {
            if (await MemberAsync(member.Name, member.Value, patience, cancellationToken) is { } difference)
                return difference;
        }
        return null;
    }

    private async Task<string?> MemberAsync(string name, JsonElement recorded, TimeSpan patience, CancellationToken cancellationToken) => name switch
    {
        "apps" => new SeenApps(run.Folder).Compare(recorded),
        "ready" => null,
        "components" => await answers.ComponentsAsync(recorded, cancellationToken),
        "invoke" => await answers.InvokeAsync(Ids("apps").First(), recorded, cancellationToken),
        "secrets" => await answers.SecretsAsync(recorded, cancellationToken),
        "create" => await answers.CreateAsync(recorded.GetInt32(), cancellationToken),
        "found" => answers.Found(recorded),
        "requests the app saw" => await RequestsAsync([.. recorded.EnumerateArray().Select(line => line.GetString()!)], patience, cancellationToken),
        "the second app runs before the slow first one" => recorded.GetBoolean() == secondCameFirst ? null : "the second app waited for the slow first one",
        "exit code" => await run.InterruptAsync(cancellationToken) is var code && code == recorded.GetInt32() ? null : $"exit code after SIGINT: expected {recorded}, got {code?.ToString() ?? "none"}",
        "signals the apps saw" => recorded.EnumerateObject().Select(app => Signals(app.Name, app.Value)).FirstOrDefault(difference => difference is not null),
        "sidecars still answering" => await StillAnsweringAsync(cancellationToken),
        _ => throw new ReplayException($"the replayer does not know what was seen as '{name}'"),
    };

    private async Task<bool> IsUpAsync(CancellationToken cancellationToken)
    {
        var started = run.StartedApps.ToList();
        secondCameFirst |= started.Contains("search-bff") && !started.Contains("things-bff");
        if (!Ids("apps").Concat(Ids("signals the apps saw")).All(started.Contains))
            return false;
        foreach (var port in run.Folder.SidecarPorts)
        {
            if (!await SeenAnswers.IsReadyAsync(port, cancellationToken))
                return false;
        }
        return true;
    }

    // How often it was asked is a matter of time.
    private async Task<string?> RequestsAsync(HashSet<string> recorded, TimeSpan patience, CancellationToken cancellationToken)
    {
        await run.UntilAsync(() => Task.FromResult(recorded.IsSubsetOf(Requests())), patience / 4, cancellationToken);
        await Task.Delay(Quiet, TimeProvider.System, cancellationToken);
        return SeenAnswers.Texts("requests the app saw", recorded, Requests().Distinct());
    }

    private IEnumerable<string> Requests() => run.Folder.Apps.SelectMany(app => app.Requests);

    private string? Signals(string id, JsonElement recorded) => SeenAnswers.Texts(
        $"signals {id} saw", recorded.EnumerateArray().Select(name => name.GetString()), run.Folder.Apps.Where(app => app.Id == id).SelectMany(app => app.Signals));

    private async Task<string?> StillAnsweringAsync(CancellationToken cancellationToken)
    {
        foreach (var port in run.Folder.SidecarPorts)
        {
            if (await AcceptsAsync(port, cancellationToken))
                return $"a sidecar still listens on {port}";
        }
        return null;
    }

    private static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(System.Net.IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private IEnumerable<string> Ids(string member) => seen.TryGetProperty(member, out var apps) ? apps.EnumerateObject().Select(app => app.Name) : [];
}
