using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Faults;

namespace CloudNative.DataLake.Tests;

public sealed class ReplayingEvents
{
    private const long ThreeOClock = 1_795_618_800_000;

    private static readonly Dictionary<string, string> ToSearch = new() { ["replayed"] = "true", ["replayto"] = "search-bff" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"from\":1795618800000,\"to\":1795618800002", "a b")]
    [InlineData("\"from\":\"2026-11-25T15:00:00Z\",\"to\":\"2026-11-25T16:00:00Z\"", "a b c d")]
    [InlineData("\"from\":0,\"to\":9e12,\"type\":\"purple\"", null)]
    [InlineData("\"from\":0,\"to\":9000000000000,\"type\":\"purple\"", "a c")]
    [InlineData("\"from\":0,\"to\":9000000000000,\"typePrefix\":\"gre\"", "b d e")]
    [InlineData("\"from\":0,\"to\":9000000000000,\"partitionKey\":\"k-1\"", "a c e")]
    [InlineData("\"from\":0,\"to\":9000000000000,\"type\":\"green\",\"partitionKey\":\"k-1\"", "e")]
    [InlineData("\"from\":0,\"to\":9000000000000,\"type\":null,\"partitionKey\":null", "a b c d e")]
    [InlineData("\"from\":5,\"to\":5", "")]
    public async Task L4_publishes_what_matches_time_type_and_key_from_buffer_and_bucket(string filter, string? expected)
    {
        await using var lake = await AFilledLakeAsync();

        var (status, body) = await ReplayAsync(lake, $$"""{{{filter}},"target":"search-bff"}""");

        if (expected is null)
        {
            status.ShouldBe(400);
            return;
        }

        var ids = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        status.ShouldBe(202);
        body.ShouldBe($$"""{"events":{{ids.Length}}}""");
        lake.Published.Published.Select(sent => sent.Id).Order().ShouldBe(ids);
    }

    [Fact]
    public async Task L5_tags_each_event_and_addresses_it_to_one_app_with_its_bytes_and_id_unchanged()
    {
        await using var lake = await LakeService.StartAsync();
        const string document = """{"id":"x","type":"thing-created","timestamp":1795618800000,"partitionKey":"k","tags":{},"n":1.10,"thing":{"new":{"id":"k"}}}""";
        await lake.DeliverAsync(document, "x");

        await ReplayAsync(lake, """{"from":0,"to":9000000000000,"target":"search-bff"}""");

        var sent = lake.Published.Published.ShouldHaveSingleItem();
        (sent.Id, sent.Type, sent.PartitionKey, sent.Timestamp, sent.Topic).ShouldBe(("x", "thing-created", "k", ThreeOClock, null));
        sent.CloudEventAttributes.ShouldBe(ToSearch);
        Encoding.UTF8.GetString(sent.Document.Span).ShouldBe(document);
    }

    [Fact]
    public async Task L4_keeps_the_order_of_each_key_over_many_pages()
    {
        await using var lake = await LakeService.StartAsync();
        for (var n = 0; n < 1300; n += 50)
            await Task.WhenAll(Enumerable.Range(n, 50).Select(i => DeliverAsync(lake, $"e-{i:0000}", "purple", ThreeOClock + i, $"k-{i % 7}")));

        var (_, body) = await ReplayAsync(lake, """{"from":0,"to":9000000000000,"target":"search-bff"}""");

        body.ShouldBe("""{"events":1300}""");
        var byKey = lake.Published.Published.GroupBy(sent => sent.PartitionKey).ToList();
        byKey.Count.ShouldBe(7);
        foreach (var key in byKey)
            key.Select(sent => sent.Id).ShouldBe(key.Select(sent => sent.Id).Order(StringComparer.Ordinal));
        lake.Published.Published.Select(sent => sent.Id).Distinct().Count().ShouldBe(1300);
    }

    [Fact]
    public async Task L4_counts_and_publishes_nothing_in_a_dry_run()
    {
        await using var lake = await AFilledLakeAsync();

        var (status, body) = await ReplayAsync(lake, """{"from":0,"to":9000000000000,"target":"search-bff","dryRun":true}""");

        (status, body).ShouldBe((200, """{"events":5}"""));
        lake.Published.Published.ShouldBeEmpty();
    }

    [Fact]
    public async Task L4_goes_on_where_a_limit_ended_it()
    {
        await using var lake = await AFilledLakeAsync();
        string? resume = null;
        var calls = 0;
        do
        {
            var (status, body) = await ReplayAsync(lake, $$"""{"from":0,"to":9000000000000,"target":"search-bff","limit":2,"resume":{{(resume is null ? "null" : $"\"{resume}\"")}}}""");
            status.ShouldBe(202);
            resume = Member(body, "resume");
            calls++;
        }
        while (resume is not null);

        calls.ShouldBe(3);
        lake.Published.Published.Select(sent => sent.Id).Order().ShouldBe(["a", "b", "c", "d", "e"]);
    }

    [Fact]
    public async Task L4_says_how_to_go_on_where_the_stream_went_away()
    {
        await using var lake = await AFilledLakeAsync();
        lake.Published.IsAway = true;
        var (status, body) = await ReplayAsync(lake, """{"from":0,"to":9000000000000,"target":"search-bff"}""");
        status.ShouldBe(503);
        JsonDocument.Parse(body).RootElement.GetProperty("events").GetInt32().ShouldBe(0);

        lake.Published.IsAway = false;
        (status, body) = await ReplayAsync(lake, $$"""{"from":0,"to":9000000000000,"target":"search-bff","resume":{{(Member(body, "resume") is { } resume ? $"\"{resume}\"" : "null")}}}""");

        (status, body).ShouldBe((202, """{"events":5}"""));
    }

    [Fact]
    public async Task L4_publishes_no_faster_than_it_is_told()
    {
        await using var lake = await AFilledLakeAsync();
        var started = TimeProvider.System.GetTimestamp();

        await ReplayAsync(lake, """{"from":0,"to":9000000000000,"target":"search-bff","eventsPerSecond":10}""");

        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(490));
        lake.Published.Published.Count.ShouldBe(5);
    }

    [Fact]
    public async Task L5_stores_nothing_of_what_is_replayed()
    {
        await using var lake = await LakeService.StartAsync();

        var status = await lake.DeliverAsync(
            """{"id":"r","type":"purple","timestamp":1,"partitionKey":"k","tags":{}}""", "r", ""","replayed":"true","replayto":"data-lake" """);

        status.ShouldBe("SUCCESS");
        (await lake.GetAsync("/events")).Body.ShouldBe("[]");
    }

    [Fact]
    public async Task L5_resubmits_what_failed_in_a_replay_as_replayed()
    {
        await using var lake = await LakeService.StartAsync();
        var original = """{"id":"o-1","type":"issue-created","timestamp":1,"partitionKey":"k","tags":{}}"""u8.ToArray();
        var fault = FaultEvent.Create(
            new Fault("github-outbound", FaultStage.Handle, "no title", "o-1", "issue-created", "k", 0, original) { Replayed = true }, DateTimeOffset.UnixEpoch);
        await lake.DeliverAsync(Encoding.UTF8.GetString(fault.Document.Span), fault.Id);

        using var response = await lake.Http.PostAsync($"/faults/{fault.Id}/resubmit", null, Token);

        ((int)response.StatusCode).ShouldBe(202);
        lake.Published.Published.ShouldHaveSingleItem().CloudEventAttributes.ShouldBe(
            new Dictionary<string, string> { ["replayto"] = "github-outbound", ["resubmitted"] = "1", ["replayed"] = "true" });
    }

    [Theory]
    [InlineData("""{"to":1,"target":"a"}""", "from")]
    [InlineData("""{"from":0,"target":"a"}""", "to")]
    [InlineData("""{"from":0,"to":1}""", "target")]
    [InlineData("""{"from":0,"to":1,"target":""}""", "target")]
    [InlineData("""{"from":"yesterday","to":1,"target":"a"}""", "from")]
    [InlineData("""{"from":true,"to":1,"target":"a"}""", "from")]
    [InlineData("""{"from":0,"to":1,"target":"a","limit":0}""", "limit")]
    [InlineData("""{"from":0,"to":1,"target":"a","eventsPerSecond":0}""", "eventsPerSecond")]
    [InlineData("""{"from":0,"to":1,"target":"a","resume":"x"}""", "resume")]
    public async Task L4_refuses_a_bad_member_by_name(string request, string name)
    {
        await using var lake = await LakeService.StartAsync();

        var (status, body) = await ReplayAsync(lake, request);

        status.ShouldBe(400);
        JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe([name]);
        lake.Published.Published.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"from\":")]
    public async Task L4_refuses_what_is_no_request(string request)
    {
        await using var lake = await LakeService.StartAsync();

        (await ReplayAsync(lake, request)).Status.ShouldBe(400);
    }

    /// <summary>Three events in the bucket and two in the buffer.</summary>
    private static async Task<LakeService> AFilledLakeAsync()
    {
        var lake = await LakeService.StartAsync("--Lake:FlushAge=00:10:00", "--Lake:FlushEvents=3");
        await DeliverAsync(lake, "a", "purple", ThreeOClock, "k-1");
        await DeliverAsync(lake, "b", "green", ThreeOClock + 1, "k-2");
        await DeliverAsync(lake, "c", "purple", ThreeOClock + 2, "k-1");
        await lake.FlushedAsync(3);
        await DeliverAsync(lake, "d", "green", ThreeOClock + 3, "k-2");
        await DeliverAsync(lake, "e", "green", ThreeOClock + 3_600_000, "k-1");
        return lake;
    }

    private static async Task DeliverAsync(LakeService lake, string id, string type, long timestamp, string key) =>
        (await lake.DeliverAsync($$"""{"id":"{{id}}","type":"{{type}}","timestamp":{{timestamp}},"partitionKey":"{{key}}","tags":{} }""", id)).ShouldBe("SUCCESS");

    private static async Task<(int Status, string Body)> ReplayAsync(LakeService lake, string request)
    {
        using var content = new StringContent(request, Encoding.UTF8, "application/json");
        using var response = await lake.Http.PostAsync("/replay", content, Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    private static string? Member(string body, string name) =>
        JsonDocument.Parse(body).RootElement.TryGetProperty(name, out var member) ? member.GetString() : null;
}
