using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CloudNative.Acceptance;

/// <summary>What anybody may publish through any sidecar (recipe 0), well-formed or not.</summary>
public sealed class PublishingByHand(StackUnderTest stack)
{
    private readonly LakeClient _lake = new(stack.Http, stack.Run["data-lake"].Address);
    private readonly SidecarClient _sidecar = new(stack.Http, stack.Run["things-bff"].Http);
    private readonly string _tag = Guid.NewGuid().ToString();

    [Fact]
    public async Task fills_in_what_the_author_left_out_and_keeps_everything_given()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await _sidecar.PublishAsync($$"""{"type":"by-hand-{{_tag}}","extra":{"b":1,"a":[1.10,null]},"big":12345678901234567890}""", cancellation);

        var stored = (await _lake.UntilAsync($"type=by-hand-{_tag}", 1, cancellation)).Single();

        stored["id"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
        stored["partitionKey"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
        stored["timestamp"]!.GetValue<long>().ShouldBeInRange(Now() - 60_000, Now() + 60_000);
        stored["tags"].ShouldNotBeNull();
        stored["extra"]!.ToJsonString().ShouldBe("""{"a":[1.10,null],"b":1}""");
        stored["big"]!.ToJsonString().ShouldBe("12345678901234567890");
    }

    [Fact]
    public async Task L1_the_same_event_published_three_times_is_stored_once()
    {
        var cancellation = TestContext.Current.CancellationToken;
        for (var i = 0; i < 3; i++)
            await _sidecar.PublishAsync($$"""{"id":"{{_tag}}","type":"thrice","partitionKey":"{{_tag}}"}""", cancellation);
        await _sidecar.PublishAsync($$"""{"id":"{{_tag}}-end","type":"end","partitionKey":"{{_tag}}"}""", cancellation);

        var stored = await _lake.UntilAsync($"partitionKey={_tag}", 2, cancellation);

        stored.Select(e => e["type"]!.GetValue<string>()).Order().ShouldBe(["end", "thrice"]);
    }

    [Fact]
    public async Task an_unparsable_event_between_good_ones_becomes_a_fault_and_stops_nobody()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var query = $"?metadata.partitionKey={_tag}";
        await _sidecar.PublishAsync($$"""{"id":"{{_tag}}-1","type":"good","partitionKey":"{{_tag}}"}""", cancellation, query: query);
        await _sidecar.PublishAsync($"garbage {_tag}", cancellation, contentType: "text/plain", query: query);
        await _sidecar.PublishAsync($"raw garbage {_tag}", cancellation, query: query + "&metadata.rawPayload=true");
        await _sidecar.PublishAsync($$"""{"id":"{{_tag}}-2","type":"good","partitionKey":"{{_tag}}"}""", cancellation, query: query);

        var stored = await _lake.UntilAsync($"partitionKey={_tag}&type=good", 2, cancellation);

        stored.Select(e => e["id"]!.GetValue<string>()).ShouldBe([$"{_tag}-1", $"{_tag}-2"]);
        await Eventually.ReadAsync(() => _lake.FaultsAsync(cancellation), faults => faults.Count >= 2, TimeSpan.FromSeconds(20), cancellation);
    }

    [Theory]
    [InlineData("from=yesterday")]
    [InlineData("to=2026-13-45")]
    [InlineData("limit=many")]
    public async Task a_query_that_makes_no_sense_is_a_problem_that_names_the_parameter(string query)
    {
        using var answer = await stack.Http.GetAsync(new Uri(stack.Run["data-lake"].Address, $"/events?{query}"), TestContext.Current.CancellationToken);

        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken);
        ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType).ShouldBe((400, "application/problem+json"));
        problem!.ToJsonString().ShouldContain(query.Split('=')[0]);
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
