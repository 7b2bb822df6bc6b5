using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CloudNative.TestKit;

namespace CloudNative.Acceptance;

/// <summary>The console of a local runtime that was started with <c>--telemetry</c>.</summary>
public sealed class ShowingTraces
{
    [Fact]
    public async Task a_mutation_and_the_event_it_brings_about_are_one_trace()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stack = await LocalStack.StartAsync(["--telemetry"], cancellation);
        using var http = new HttpClient();

        await new ThingsClient(http, stack.Run["things-bff"].Address).SaveAsync("traced", "a name", "mutation-1", cancellation);

        var traces = await Eventually.ReadAsync(
            () => http.GetFromJsonAsync<JsonArray>(new Uri(stack.Run.Console, "/traces"), cancellation)!, t => t!.Any(IsWhole), TimeSpan.FromSeconds(30), cancellation);
        traces!.First(IsWhole)!["spans"]!.AsArray().Select(span => span!["service"]!.GetValue<string>()).ShouldContain("data-lake");
    }

    private static bool IsWhole(JsonNode? trace) =>
        trace!["services"]!.AsArray().Select(service => service!.GetValue<string>()).ToHashSet().IsSupersetOf(["things-bff", "data-lake"])
        && trace["spans"]!.AsArray().Any(span => span!["name"]!.GetValue<string>().Contains("graphql", StringComparison.Ordinal));
}
