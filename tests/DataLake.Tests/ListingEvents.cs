using System.Text;
using System.Text.Json;

namespace CloudNative.DataLake.Tests;

public sealed class ListingEvents
{
    private const long ThreeOClock = 1_795_618_800_000;
    private const long Hour = 3_600_000;

    [Fact]
    public async Task goes_by_timestamp_over_hours_objects_and_buffer()
    {
        await using var lake = await LakeService.StartAsync();
        await DeliverAsync(lake, ("c", ThreeOClock + 5), ("a", ThreeOClock - 1), ("d", ThreeOClock + Hour));
        await lake.FlushedAsync(3);
        await DeliverAsync(lake, ("b", ThreeOClock), ("e", ThreeOClock + (48 * Hour)));

        (await lake.IdsAsync("/events")).ShouldBe(["a", "b", "c", "d", "e"]);
    }

    [Fact]
    public async Task goes_by_arrival_where_timestamps_are_equal()
    {
        await using var lake = await LakeService.StartAsync();
        await DeliverAsync(lake, ("z", ThreeOClock), ("m", ThreeOClock));
        await lake.FlushedAsync(2);
        await DeliverAsync(lake, ("a", ThreeOClock), ("b", ThreeOClock));

        (await lake.IdsAsync("/events")).ShouldBe(["z", "m", "a", "b"]);
        await lake.FlushedAsync(4);
        (await lake.IdsAsync("/events")).ShouldBe(["z", "m", "a", "b"]);
    }

    [Theory]
    [InlineData("from=1795618800000", "b c d")]
    [InlineData("to=1795618800000", "a")]
    [InlineData("from=1795618800000&to=1795618800005", "b")]
    [InlineData("from=2026-11-25T15:00:00Z&to=2026-11-25T16:00:00%2B00:00", "b c")]
    [InlineData("from=2026-11-25", "a b c d")]
    [InlineData("from=5&to=5", "")]
    [InlineData("type=purple", "a c")]
    [InlineData("partitionKey=k-b", "b")]
    [InlineData("type=purple&partitionKey=k-b", "")]
    [InlineData("limit=2", "a b")]
    public async Task takes_what_is_asked_for(string parameters, string expected)
    {
        await using var lake = await LakeService.StartAsync();
        await DeliverAsync(lake, ("a", ThreeOClock - 1), ("b", ThreeOClock), ("c", ThreeOClock + 5), ("d", ThreeOClock + Hour));

        (await lake.IdsAsync($"/events?{parameters}")).ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        await lake.FlushedAsync(4);
        (await lake.IdsAsync($"/events?{parameters}")).ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=99999999999999999", "to")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("type=a&type=b", "type")]
    public async Task refuses_a_bad_parameter_by_name(string parameters, string name)
    {
        await using var lake = await LakeService.StartAsync();

        var (status, body, _, _) = await lake.GetAsync($"/events?{parameters}");

        status.ShouldBe(400);
        JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe([name]);
    }

    [Fact]
    public async Task pages_through_everything_once_also_where_many_events_share_a_timestamp_and_a_flush_comes_between()
    {
        await using var lake = await LakeService.StartAsync("--Lake:FlushAge=00:10:00", "--Lake:FlushEvents=20");
        var ids = Enumerable.Range(0, 47).Select(n => $"e-{n:00}").ToArray();
        await DeliverAsync(lake, [.. ids.Take(30).Select((id, n) => (id, ThreeOClock + (n / 12)))]);
        var seen = new List<string>();
        var next = "/events?limit=5&from=0";
        for (var page = 0; next is not null; page++)
        {
            var answer = await lake.GetAsync(next);
            seen.AddRange(LakeService.Ids(answer.Body));
            next = answer.Next;
            if (page == 1)
                await DeliverAsync(lake, [.. ids.Skip(30).Select(id => (id, ThreeOClock + 9))]);
        }

        seen.ShouldBe(ids);
    }

    [Fact]
    public async Task names_no_next_page_exactly_at_the_end()
    {
        await using var lake = await LakeService.StartAsync();
        await DeliverAsync(lake, ("a", 1), ("b", 2));

        (await lake.GetAsync("/events?limit=2")).Next.ShouldBeNull();
        (await lake.GetAsync("/events?limit=1")).Next.ShouldNotBeNull();
    }

    [Fact]
    public async Task L6_reports_a_corrupt_line_and_lists_the_others()
    {
        await using var lake = await LakeService.StartAsync();
        await DeliverAsync(lake, ("a", ThreeOClock), ("b", ThreeOClock + 1), ("c", ThreeOClock + 2));
        await lake.FlushedAsync(3);
        foreach (var (name, content) in lake.Bucket.Objects)
            lake.Bucket.Objects[name] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace("\"id\":\"b\"", "\"id\":\"b", StringComparison.Ordinal));

        var (status, body, _, corrupt) = await lake.GetAsync("/events");

        status.ShouldBe(200);
        LakeService.Ids(body).ShouldBe(["a", "c"]);
        corrupt.ShouldBe("1");
    }

    [Fact]
    public async Task L6_reports_an_object_that_is_gone()
    {
        await using var lake = await LakeService.StartAsync();
        await DeliverAsync(lake, ("a", ThreeOClock));
        await lake.FlushedAsync(1);
        await DeliverAsync(lake, ("b", ThreeOClock));
        lake.Bucket.Objects.Clear();

        var (_, body, _, corrupt) = await lake.GetAsync("/events");

        LakeService.Ids(body).ShouldBe(["b"]);
        corrupt.ShouldBe("1");
    }

    [Fact]
    public async Task answers_that_it_cannot_while_the_bucket_is_away()
    {
        await using var lake = await LakeService.StartAsync();
        await DeliverAsync(lake, ("a", ThreeOClock));
        await lake.FlushedAsync(1);
        lake.Bucket.IsAway = true;

        var (status, body, _, _) = await lake.GetAsync("/events");

        status.ShouldBe(503);
        JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32().ShouldBe(503);
    }

    private static async Task DeliverAsync(LakeService lake, params (string Id, long Timestamp)[] events)
    {
        foreach (var (id, timestamp) in events)
        {
            var type = id is "a" or "c" ? "purple" : "green";
            (await lake.DeliverAsync($$"""{"id":"{{id}}","type":"{{type}}","timestamp":{{timestamp}},"partitionKey":"k-{{id}}","tags":null}""", id)).ShouldBe("SUCCESS");
        }
    }
}
