using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CloudNative.TestKit;

namespace CloudNative.Acceptance;

/// <summary>The analytics BFF's recipe: the README's lines run by a shell as a newcomer would, and a rebuild of what they made.</summary>
public sealed class RecipeThree
{
    private const string PrintedMonth = "2026-11";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task gives_the_totals_that_the_readme_prints_on_a_fresh_stack()
    {
        await using var stack = await LocalStack.StartAsync(["--only", "analytics-bff"], Token);
        var lines = await LinesAsync();
        var month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);

        foreach (var publish in lines.Where(line => line.Contains("/publish/", StringComparison.Ordinal)))
            (await RunAsync(publish, stack)).ShouldBeEmpty();

        var query = lines.FindIndex(line => line.Contains("/query'", StringComparison.Ordinal));
        var printed = JsonNode.Parse(lines[query + 1][1..].Replace(PrintedMonth, month, StringComparison.Ordinal));
        await Eventually.ReadAsync(() => RunAsync(lines[query], stack), answer => JsonNode.DeepEquals(JsonNode.Parse(answer), printed), _patience, Token);
        foreach (var (line, next) in lines.Zip(lines.Skip(1)).Skip(query + 1).Where(pair => pair.Second.StartsWith('#')))
        {
            var answer = await RunAsync(line.Replace(PrintedMonth, month, StringComparison.Ordinal), stack);
            JsonNode.DeepEquals(JsonNode.Parse(answer), JsonNode.Parse(next[1..].Replace(PrintedMonth, month, StringComparison.Ordinal))).ShouldBeTrue($"{line}\nanswered: {answer}");
        }
    }

    [Fact]
    public async Task A7_L4_a_rebuild_through_the_lake_answers_the_same_while_events_go_on()
    {
        await using var stack = await LocalStack.StartAsync(["--only", "analytics-bff,data-lake"], Token);
        using var http = new HttpClient();
        var sidecar = new SidecarClient(http, stack.Run["analytics-bff"].Http);
        var analytics = stack.Run["analytics-bff"].Address;
        var before = await PublishAsync(sidecar, "before", 200);
        await Eventually.ReadAsync(() => TotalsAsync(http, analytics), totals => JsonNode.DeepEquals(totals, before), _patience, Token);

        using (var started = await http.PostAsync(new Uri(analytics, "/rebuild"), null, Token))
            ((int)started.StatusCode).ShouldBe(202);
        var after = await PublishAsync(sidecar, "during", 200, before);
        var views = await Eventually.ReadAsync(
            async () => (await http.GetFromJsonAsync<JsonObject>(new Uri(analytics, "/rebuild"), Token))!, v => v["building"] is null, _patience, Token);

        views["live"]!.GetValue<string>().ShouldNotBe("0", stack.Output);
        await Eventually.ReadAsync(() => TotalsAsync(http, analytics), totals => JsonNode.DeepEquals(totals, after), _patience, Token);
        // The replay left nothing behind: no event twice in the lake, no fault.
        var lake = new LakeClient(http, stack.Run["data-lake"].Address);
        (await lake.UntilAsync("limit=1000", 400, Token)).Count.ShouldBe(400);
        (await lake.FaultsAsync(Token)).ToJsonString().ShouldBe("[]");
    }

    private static async Task<JsonObject> PublishAsync(SidecarClient sidecar, string tag, int count, JsonObject? before = null)
    {
        for (var n = 0; n < count; n++)
            await sidecar.PublishAsync($$"""{"id":"{{tag}}-{{n}}","type":"t-{{n % 3}}","partitionKey":"u-{{n % 7}}","timestamp":1527811199999}""", Token);
        var totals = (JsonObject?)before?.DeepClone() ?? [];
        foreach (var user in Enumerable.Range(0, count).GroupBy(n => $"u-{n % 7}"))
            totals[user.Key] = (totals[user.Key]?.GetValue<int>() ?? 0) + user.Count();
        return totals;
    }

    private static async Task<JsonObject> TotalsAsync(HttpClient http, Uri analytics)
    {
        var rows = (await http.GetFromJsonAsync<JsonArray>(new Uri(analytics, "/query?from=2018-05&to=2018-05"), Token))!;
        return new JsonObject(rows.Select(row => KeyValuePair.Create(row!["userId"]!.GetValue<string>(), (JsonNode?)JsonValue.Create(row["total"]!.GetValue<int>()))));
    }

    private static async Task<List<string>> LinesAsync()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Token);
        var start = readme.IndexOf("```sh\n", readme.IndexOf("## Recipe 3, line by line", StringComparison.Ordinal), StringComparison.Ordinal) + "```sh\n".Length;
        return [.. readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static async Task<string> RunAsync(string line, LocalStack stack)
    {
        var app = stack.Run["analytics-bff"];
        var script = line.Replace("http://localhost:8003/", app.Address.ToString(), StringComparison.Ordinal).Replace("http://localhost:3503/", app.Http.ToString(), StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await shell.StandardInput.WriteAsync(script.AsMemory(), Token);
        shell.StandardInput.Close();
        return await shell.StandardOutput.ReadToEndAsync(Token);
    }
}
