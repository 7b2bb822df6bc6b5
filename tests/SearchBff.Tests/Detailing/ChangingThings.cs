using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using static CloudNative.SearchBff.Tests.SearchService;

namespace CloudNative.SearchBff.Tests.Detailing;

public sealed class ChangingThings
{
    [Fact]
    public async Task the_recipes_thing_is_found_and_its_url_answers_the_detail()
    {
        const string id = "33333333-2222-0000-1111-111111111111";
        await using var search = await StartAsync();
        await search.TellAsync("""{"type":"thing-created","thing":{"new":{"name":"thing three","id":"33333333-2222-0000-1111-111111111111"}}}""");

        var (status, body, next) = await search.GetAsync("/search?q=three");

        (status, next).ShouldBe((200, null));
        var hit = JsonNode.Parse(body)!.AsArray().ShouldHaveSingleItem()!;
        hit["url"]!.GetValue<string>().ShouldBe($"{search.Http.BaseAddress}things/{id}");
        body.ShouldBe($$"""[{"id":"{{id}}","name":"thing three","url":"{{hit["url"]}}"}]""");
        (await search.GetAsync(hit["url"]!.GetValue<string>())).ShouldBe((200, $$"""{"asOf":1795618800000,"name":"thing three","id":"{{id}}"}""", null));
        Encoding.UTF8.GetString(search.Bucket.Objects[$"things/{id}"]).ShouldBe($$"""{"asOf":1795618800000,"name":"thing three","id":"{{id}}"}""");
    }

    [Fact]
    public async Task S1_create_edit_rename_delete_and_undelete_are_all_visible()
    {
        await using var search = await StartAsync();
        await search.TellAsync(Event("thing-created", "t1", 1, "red boots"));
        (await search.IdsAsync("boots")).ShouldBe(["t1"]);

        await search.TellAsync(Event("thing-updated", "t1", 2, "red boots", "waterproof"));
        (await search.IdsAsync("waterproof")).ShouldBe(["t1"]);

        await search.TellAsync(Event("thing-updated", "t1", 3, "blue shoes"));
        (await search.IdsAsync("boots | waterproof")).ShouldBeEmpty();
        (await search.IdsAsync("shoes")).ShouldBe(["t1"]);

        await search.TellAsync(Event("thing-deleted", "t1", 4, "blue shoes"));
        (await search.IdsAsync("shoes")).ShouldBeEmpty();
        search.Bucket.Objects.ShouldBeEmpty();
        (await search.GetAsync("/things/t1")).Status.ShouldBe(404);

        await search.TellAsync(Event("thing-created", "t1", 5, "green hat"));
        (await search.IdsAsync("hat")).ShouldBe(["t1"]);
        (await search.GetAsync("/things/t1")).Body.ShouldContain("green hat");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task S2_an_event_delivered_several_times_leaves_one_document(int times)
    {
        await using var search = await StartAsync();

        for (var i = 0; i < times; i++)
            await search.TellAsync(Event("thing-created", "t1", 1, "thing"));

        (await search.IdsAsync("thing")).ShouldBe(["t1"]);
        search.Bucket.Objects.Keys.ShouldBe(["things/t1"]);
    }

    [Fact]
    public async Task S3_a_late_update_does_not_bring_a_deleted_thing_back()
    {
        await using var search = await StartAsync();
        await search.TellAsync(Event("thing-deleted", "t1", 3, "thing"));

        await search.TellAsync(Event("thing-updated", "t1", 2, "thing"));
        await search.TellAsync("""{"type":"thing-updated","timestamp":99999999999999,"thing":{"new":{"id":"t1","name":"thing"}}}""");

        (await search.IdsAsync("thing")).ShouldBeEmpty();
        search.Bucket.Objects.ShouldBeEmpty();
    }

    [Fact]
    public async Task S3_events_without_version_go_by_their_time_then_their_id()
    {
        await using var search = await StartAsync();
        await search.TellAsync("""{"id":"b","type":"thing-updated","timestamp":2000,"thing":{"new":{"id":"t1","name":"second"}}}""");

        await search.TellAsync("""{"id":"c","type":"thing-created","timestamp":1000,"thing":{"new":{"id":"t1","name":"first"}}}""");
        await search.TellAsync("""{"id":"a","type":"thing-updated","timestamp":2000,"thing":{"new":{"id":"t1","name":"twin"}}}""");
        (await search.IdsAsync("second")).ShouldBe(["t1"]);

        await search.TellAsync("""{"id":"c","type":"thing-updated","timestamp":2000,"thing":{"new":{"id":"t1","name":"later twin"}}}""");
        (await search.IdsAsync("later")).ShouldBe(["t1"]);
    }

    [Fact]
    public async Task S8_the_time_from_event_to_index_is_measured()
    {
        await using var search = await StartAsync();
        var measured = new List<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument is { Meter.Name: "CloudNative.Search", Name: "search.event_to_index" })
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => { lock (measured) measured.Add(value); });
        listener.Start();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        await search.TellAsync(Event("thing-created", "measured", 1, "thing", timestamp: now - 1_000));

        lock (measured)
            measured.ShouldContain(ms => ms >= 1_000 && ms < 60_000);
    }

    [Fact]
    public async Task S10_nothing_is_lost_while_the_state_the_bucket_or_the_stream_is_away()
    {
        await using var search = await StartAsync();
        var created = Event("thing-created", "t1", 1, "thing");
        search.Store.Fail();
        (await search.DeliverAsync(created)).ShouldBe("RETRY");
        search.Store.Recover();
        search.Bucket.IsAway = true;
        (await search.DeliverAsync(created)).ShouldBe("RETRY");
        search.Bucket.IsAway = false;
        search.Published.IsAway = true;
        (await search.DeliverAsync(created)).ShouldBe("RETRY");
        search.Published.IsAway = false;
        (await search.DeliverAsync(created)).ShouldBe("SUCCESS");
        search.Bucket.IsAway = true;
        (await search.NotifyAsync()).ShouldBe("RETRY");
        search.Bucket.IsAway = false;

        (await search.NotifyAsync()).ShouldBe("SUCCESS");

        (await search.IdsAsync("thing")).ShouldBe(["t1"]);
    }

    [Theory]
    [InlineData("""{"type":"order-submitted","order":{"id":"1"}}""")]
    [InlineData("\"text\"")]
    public async Task S10_unknown_types_and_what_is_no_event_are_passed_over(string data)
    {
        await using var search = await StartAsync();

        (await search.DeliverAsync(data)).ShouldBe("SUCCESS");

        search.Published.Published.ShouldBeEmpty();
        search.Store.Documents.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"type":"thing-created"}""", "the event has no object thing")]
    [InlineData("""{"type":"thing-created","thing":{"new":{"name":"nameless"}}}""", "the thing has no id")]
    [InlineData("""{"type":"thing-updated","thing":{"new":{"id":7,"name":"x"}}}""", "the thing's id is no text")]
    [InlineData("""{"type":"thing-updated","thing":{"new":{"id":"t1","name":["x"]}}}""", "the thing's name is no text")]
    [InlineData("""{"type":"thing-updated","thing":{"old":{"id":"t1"}}}""", "the event has no image thing.new")]
    [InlineData("""{"type":"thing-updated","thing":{"new":{"id":"t1","name":"\ud800"}}}""", "the event holds text that is not well-formed Unicode")]
    public async Task S10_an_event_that_names_no_thing_becomes_a_fault_and_the_next_one_proceeds(string data, string reason)
    {
        await using var search = await StartAsync();

        (await search.DeliverAsync(data)).ShouldBe("SUCCESS");
        await search.TellAsync(Event("thing-created", "t2", 1, "thing"));

        var fault = JsonNode.Parse(search.Published.Published[0].Document.Span)!["fault"]!;
        fault["reason"]!.GetValue<string>().ShouldBe(reason);
        search.Published.Published[1].Topic.ShouldBe("events-dead-letter");
        (await search.IdsAsync("thing")).ShouldBe(["t2"]);
    }

    [Fact]
    public async Task a_thing_too_large_to_keep_becomes_a_fault()
    {
        await using var search = await StartAsync();

        (await search.DeliverAsync(Event("thing-created", "big", 1, "thing", new string('x', 200_000)))).ShouldBe("SUCCESS");

        JsonNode.Parse(search.Published.Published[0].Document.Span)!["fault"]!["reason"]!.GetValue<string>().ShouldBe("the thing is larger than 196608 bytes");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/b c?#%")]
    [InlineData("größe 😀")]
    public async Task any_id_has_an_object_and_an_address(string id)
    {
        await using var search = await StartAsync();
        await search.TellAsync(Event("thing-created", id, 1, "thing"));

        var (_, body, _) = await search.GetAsync("/search?q=thing");

        var hit = JsonNode.Parse(body)!.AsArray().ShouldHaveSingleItem()!;
        hit["id"]!.GetValue<string>().ShouldBe(id);
        var (status, detail, _) = await search.GetAsync(hit["url"]!.GetValue<string>());
        (status, JsonNode.Parse(detail)!["id"]!.GetValue<string>()).ShouldBe((200, id));
    }
}
