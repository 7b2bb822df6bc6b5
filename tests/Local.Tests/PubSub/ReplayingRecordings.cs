using System.Text;
using System.Text.Json;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>What daprd was recorded to do on <c>pubsub.in-memory</c>, done again by this sidecar.</summary>
public sealed class ReplayingRecordings
{
    private static readonly string[] LeftOut = ["host", "content-length", "connection", "accept-encoding", "date"];

    public static IEnumerable<TheoryDataRow<string>> All => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "PubSub", "Recordings"), "*.json")
        .Select(file => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(file)));

    [Theory]
    [MemberData(nameof(All))]
    public async Task answers_and_delivers_as_daprd_did(string name)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "PubSub", "Recordings", $"{name}.json");
        var recording = JsonElement.Parse(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        var given = recording.GetProperty("given");
        var script = new RecordedApp(recording);
        await using var app = await ListeningApp.StartAsync(script.AnswerAsync);
        await using (var sidecar = await PubSubSidecar.StartAsync(
            given.GetProperty("app_id").GetString()!,
            given.GetProperty("components").EnumerateArray().Select(yaml => yaml.GetString()!),
            given.TryGetProperty("app", out _) ? app.Port : null))
        {
            await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            await ReplayAsync(recording, script, sidecar);
        }

        script.Unexpected.ShouldBeEmpty();
    }

    private static async Task ReplayAsync(JsonElement recording, RecordedApp script, PubSubSidecar sidecar)
    {
        var values = new RecordedValues();
        using var client = new RecordedClient(sidecar.Sidecar.Options, values);
        var received = script.Steps.GetEnumerator();
        foreach (var step in recording.GetProperty("steps").EnumerateArray())
        {
            if (step.TryGetProperty("send", out var send) && IsReplayed(send, step.GetProperty("answer")))
                await client.ExchangeAsync(send, step.GetProperty("answer"));
            if (step.TryGetProperty("received", out var expected) && received.MoveNext())
                Compare(expected, await script.CameAsync(received.Current), values);
        }
    }

    /// <summary>Not where daprd breaks down, and not what other parts of the sidecar answer.</summary>
    private static bool IsReplayed(JsonElement send, JsonElement answer) =>
        !answer.TryGetProperty("closed", out _)
        && !(send.TryGetProperty("http", out var line) && line.GetString()!.EndsWith("/v1.0/metadata", StringComparison.Ordinal));

    private static void Compare(JsonElement expected, AppRequest came, RecordedValues values)
    {
        var where = $"{came.Verb} {came.Target}";
        var headers = came.Headers.Where(header => !LeftOut.Contains(header.Key)).ToDictionary();
        values.ShouldMatch(expected.GetProperty("headers"), JsonSerializer.SerializeToElement(headers), where);
        var body = Encoding.UTF8.GetString(came.Body);
        if (expected.TryGetProperty("json", out var json))
            values.ShouldMatch(json, JsonElement.Parse(body), where);
        else if (expected.TryGetProperty("text", out var text))
            values.ShouldMatch(text.GetString()!, body, where);
    }
}
