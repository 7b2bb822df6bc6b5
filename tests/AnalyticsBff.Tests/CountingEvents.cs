using System.Text.Json;
using static CloudNative.AnalyticsBff.Tests.AnalyticsService;

namespace CloudNative.AnalyticsBff.Tests;

public sealed class CountingEvents
{
    [Fact]
    public async Task A1_the_same_event_counts_once_however_often_and_however_close_it_comes()
    {
        await using var analytics = await StartAsync();

        await analytics.DeliverAllAsync(Enumerable.Repeat(Event("e-1"), 20));
        await analytics.DeliverAllAsync(Event("e-1"), Event("e-1"));

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":1,"purple":1}]""");
    }

    [Fact]
    public async Task A2_different_events_of_one_key_and_millisecond_count_separately()
    {
        await using var analytics = await StartAsync();

        await analytics.DeliverAllAsync(Event("e-1"), Event("e-2"), Event("e-3", "orange"));

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":3,"orange":1,"purple":2}]""");
    }

    [Fact]
    public async Task A3_late_events_land_in_their_own_month_which_ends_with_its_last_millisecond_of_UTC()
    {
        await using var analytics = await StartAsync();

        await analytics.DeliverAllAsync(
            Event("a", time: "2018-05-31T23:59:59.999Z"), Event("b", time: "2018-06-01T00:00:00.000Z"), Event("c", time: "2018-06-01T01:30:00+02:00"), Event("d", time: "1969-12-31T23:59:59.999Z"));

        (await analytics.QueryAsync()).ShouldBe(
            """[{"userId":"u-1","yearmonth":"1969-12","total":1,"purple":1},{"userId":"u-1","yearmonth":"2018-05","total":2,"purple":2},{"userId":"u-1","yearmonth":"2018-06","total":1,"purple":1}]""");
    }

    [Fact]
    public async Task A4_a_raw_event_goes_an_hour_after_its_timestamp_and_changes_no_total_and_makes_no_work()
    {
        await using var analytics = await StartAsync();
        await analytics.DeliverAllAsync(Event("e-1"), Event("half past", time: "2026-11-25T14:30:00Z"), Event("late", time: "2026-11-25T13:59:00Z"));
        (await analytics.GetAsync("/events/e-1")).ShouldBe((200, Event("e-1"), null));
        (await analytics.GetAsync("/events/late")).Status.ShouldBe(404);
        analytics.Time.Advance(TimeSpan.FromMinutes(59));
        (await analytics.GetAsync("/events/e-1")).Status.ShouldBe(200);
        (await analytics.GetAsync("/events/half%20past")).Status.ShouldBe(404);
        var calls = analytics.Store.Calls;

        analytics.Time.Advance(TimeSpan.FromMinutes(2));

        analytics.Store.Calls.ShouldBe(calls);
        (await analytics.GetAsync("/events/e-1")).Status.ShouldBe(404);
        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":3,"purple":3}]""");
    }

    [Fact]
    public async Task A4_an_event_that_comes_again_after_its_hour_is_still_counted_once()
    {
        await using var analytics = await StartAsync();
        await analytics.DeliverAllAsync(Event("e-1"));

        analytics.Time.Advance(TimeSpan.FromDays(7.9));
        await analytics.DeliverAllAsync(Event("e-1"));

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":1,"purple":1}]""");
    }

    [Fact]
    public async Task A6_types_that_are_column_names_or_quotes_or_1_KB_long_are_safe()
    {
        await using var analytics = await StartAsync();
        var @long = new string('x', 1024);
        string[] types = ["total", "userId", "yearmonth", "~total", "__proto__", "a\"b\\{", @long, @long + "y", "名前", " "];

        await analytics.DeliverAllAsync(types.SelectMany((type, n) => Enumerable.Range(0, n + 1).Select(i => Event($"{n}-{i}", type))));

        var row = JsonDocument.Parse(await analytics.QueryAsync()).RootElement[0];
        row.GetProperty("userId").GetString().ShouldBe("u-1");
        row.GetProperty("yearmonth").GetString().ShouldBe("2026-11");
        row.GetProperty("total").GetInt64().ShouldBe(55);
        var columns = row.EnumerateObject().Skip(3).ToDictionary(member => member.Name, member => member.Value.GetInt64());
        columns.Values.Order().ShouldBe(Enumerable.Range(1, 10).Select(n => (long)n));
        (columns["~total"], columns["~userId"], columns["~yearmonth"], columns["~~total"], columns["__proto__"], columns["a\"b\\{"]).ShouldBe((1, 2, 3, 4, 5, 6));
        columns.Keys.Max(name => name.Length).ShouldBe(65);
    }

    [Fact]
    public async Task A6_an_empty_type_counts_under_the_type_of_the_CloudEvent()
    {
        await using var analytics = await StartAsync();

        await analytics.DeliverAllAsync(Event("e-1", ""));

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":1,"com.dapr.event.sent":1}]""");
    }

    [Fact]
    public async Task A6_more_types_than_a_counter_holds_are_counted_together()
    {
        await using var analytics = await StartAsync("--Analytics:MaxTypes=2");

        await analytics.DeliverAllAsync(Event("1", "a"));
        await analytics.DeliverAllAsync(Event("2", "b"));
        await analytics.DeliverAllAsync(Event("3", "c"), Event("4", "d"), Event("5", "a"));

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":5,"a":2,"b":1,"~other":2}]""");
    }

    [Fact]
    public async Task A10_a_timestamp_too_far_ahead_is_set_aside_as_a_fault_and_counted_nowhere()
    {
        await using var analytics = await StartAsync();

        await analytics.DeliverAllAsync(Event("tomorrow", time: "2026-11-26T15:00:00Z"), Event("later", time: "2026-11-26T15:00:00.001Z"));

        var published = analytics.Published.Published;
        published.Select(sent => (sent.Type, sent.Topic)).ShouldBe([("fault", null), ("purple", "events-dead-letter")]);
        JsonDocument.Parse(published[0].Document).RootElement.GetProperty("fault").GetProperty("reason").GetString().ShouldBe("the timestamp lies too far in the future");
        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":1,"purple":1}]""");
    }

    [Fact]
    public async Task A10_without_key_or_timestamp_the_record_and_the_CloudEvent_stand_in_and_a_bad_one_stops_nobody()
    {
        await using var analytics = await StartAsync();

        (await analytics.DeliverAsync("""{"type":"purple"}""")).ShouldBe("SUCCESS");
        (await analytics.DeliverAsync("""{"id":"x","type":"purple","timestamp":"soon"}""")).ShouldBe("SUCCESS");
        (await analytics.DeliverAsync("\"no object\"")).ShouldBe("SUCCESS");

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"ce-1","yearmonth":"2026-11","total":1,"purple":1}]""");
        // What cannot be read at all is the lake's to report.
        analytics.Published.Published.ShouldBeEmpty();
    }

    [Fact]
    public async Task A10_a_key_longer_than_any_stream_takes_is_a_fault()
    {
        await using var analytics = await StartAsync();

        await analytics.DeliverAllAsync(Event("a", key: new string('k', 257)), Event("b", key: new string('k', 256)));

        analytics.Published.Published.Select(sent => sent.Type).ShouldBe(["fault", "purple"]);
        JsonDocument.Parse(await analytics.QueryAsync()).RootElement[0].GetProperty("userId").GetString()!.Length.ShouldBe(256);
    }

    [Fact]
    public async Task A10_a_retraction_subtracts_once_however_many_say_so_and_whichever_comes_first()
    {
        await using var analytics = await StartAsync();
        await analytics.DeliverAllAsync(Event("e-1"), Event("e-2"), Event("e-3"));

        await analytics.DeliverAllAsync(Retraction("r-1", "e-1"), Retraction("r-1", "e-1"), Retraction("r-2", "e-1"), Retraction("r-3", "e-9"));
        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":1,"purple":1}]""");
        await analytics.DeliverAllAsync(Event("e-9"), Retraction("r-1", "e-1"));

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":2,"purple":2}]""");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"id":"e-1","type":"purple"}""")]
    [InlineData("""{"id":"e-1","timestamp":1}""")]
    [InlineData("""{"id":7,"type":"purple","timestamp":1}""")]
    [InlineData("""{"id":"e-1","type":"purple","timestamp":9223372036854775807}""")]
    public async Task A10_a_retraction_that_does_not_say_of_what_is_a_fault(string retraction)
    {
        await using var analytics = await StartAsync();

        await analytics.DeliverAllAsync($$"""{"id":"r","type":"retraction","timestamp":1,"partitionKey":"u-1","retraction":{{retraction}} }""");

        analytics.Published.Published.Select(sent => sent.Type).ShouldBe(["fault", "retraction"]);
        (await analytics.QueryAsync()).ShouldBe("[]");
    }

    [Fact]
    public async Task counts_only_the_types_it_is_told_to()
    {
        await using var analytics = await StartAsync("--Analytics:ByType=^(purple|green)$");

        await analytics.DeliverAllAsync(Event("1"), Event("2", "green"), Event("3", "evergreen"), Event("4", "thing-created"), Retraction("5", "3", "evergreen"));

        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":2,"green":1,"purple":1}]""");
    }

    [Theory]
    [InlineData("--Analytics:ByType=(")]
    [InlineData("--Analytics:ByType=(?=a)")]
    [InlineData("--Analytics:BatchEvents=33")]
    public async Task does_not_start_with_settings_it_cannot_keep(string setting)
    {
        await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(setting));
    }

    [Fact]
    public async Task has_an_event_delivered_again_while_the_store_is_away_and_counts_it_then()
    {
        await using var analytics = await StartAsync();
        await analytics.DeliverAllAsync(Event("e-1"));
        analytics.Store.Fail();

        (await analytics.DeliverAsync(Event("e-2"))).ShouldBe("RETRY");
        (await analytics.GetAsync("/query")).Status.ShouldBe(503);

        analytics.Store.Recover();
        await analytics.DeliverAllAsync(Event("e-2"));
        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":2,"purple":2}]""");
    }

    [Fact]
    public async Task keeps_a_large_event_only_as_a_count()
    {
        await using var analytics = await StartAsync();

        await analytics.DeliverAllAsync($$"""{"id":"big","type":"purple","timestamp":{{Milliseconds("2026-11-25T15:00:00Z")}},"partitionKey":"u-1","tags":{},"padding":"{{new string('x', RawEvents.MaxBytes)}}"}""");

        (await analytics.GetAsync("/events/big")).Status.ShouldBe(404);
        (await analytics.QueryAsync()).ShouldBe("""[{"userId":"u-1","yearmonth":"2026-11","total":1,"purple":1}]""");
    }
}
