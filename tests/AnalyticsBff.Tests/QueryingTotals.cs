using System.Text.Json;
using static CloudNative.AnalyticsBff.Tests.AnalyticsService;

namespace CloudNative.AnalyticsBff.Tests;

public sealed class QueryingTotals
{
    [Theory]
    [InlineData("userId=u-1", "u-1 2018-04,u-1 2018-05,u-1 2018-07")]
    [InlineData("userId=u-1&from=2018-05&to=2018-06", "u-1 2018-05")]
    [InlineData("userId=u-1&from=2018-05&to=", "u-1 2018-05,u-1 2018-07")]
    [InlineData("userId=&from=&to=2018-04", "u-1 2018-04")]
    [InlineData("from=2018-06&to=2018-07", "u-1 2018-07,u-2 2018-07")]
    [InlineData("from=2018-07&to=2018-05", "")]
    [InlineData("userId=unknown", "")]
    [InlineData("userId=u-1&limit=2", "u-1 2018-04,u-1 2018-05")]
    [InlineData("limit=1", "u-1 2018-04")]
    public async Task A9_finds_by_user_and_months_both_inclusive(string parameters, string expected)
    {
        await using var analytics = await StartAsync();
        await analytics.DeliverAllAsync(
            Event("1", time: "2018-07-01T00:00:00Z"), Event("2", time: "2018-04-01T00:00:00Z"), Event("3", time: "2018-05-01T00:00:00Z"), Event("4", key: "u-2", time: "2018-07-05T00:00:00Z"));

        var rows = Rows(await analytics.QueryAsync(parameters));

        string.Join(',', rows.OrderBy(row => row, StringComparer.Ordinal)).ShouldBe(expected);
        rows.Select(row => row.Split(' ')[1]).ShouldBeInOrder();
    }

    [Fact]
    public async Task A9_pages_through_every_row_once_while_others_are_added()
    {
        await using var analytics = await StartAsync();
        await analytics.DeliverAllAsync(Enumerable.Range(0, 300).Select(n => Event($"e-{n}", key: $"u-{n % 150}", time: n < 150 ? "2018-05-01T00:00:00Z" : "2018-06-01T00:00:00Z")));
        var seen = new List<string>();
        var page = 0;
        for (var next = "/query?limit=7"; next is not null; page++)
        {
            var (status, body, following) = await analytics.GetAsync(next);
            status.ShouldBe(200, body);
            var rows = Rows(body);
            rows.Length.ShouldBe(following is null ? rows.Length : 7);
            seen.AddRange(rows);
            next = following;
            if (page == 3)
                await analytics.DeliverAllAsync(Enumerable.Range(0, 20).Select(n => Event($"new-{n}", key: $"new-{n}", time: "2018-05-09T00:00:00Z")));
        }

        seen.Distinct().Count().ShouldBe(seen.Count);
        seen.Count(row => row.StartsWith('u')).ShouldBe(300);
    }

    [Fact]
    public async Task A9_names_no_next_page_exactly_at_the_end()
    {
        await using var analytics = await StartAsync();
        await analytics.DeliverAllAsync(Event("1"), Event("2", key: "u-2"));

        (await analytics.GetAsync("/query?limit=2")).Next.ShouldBeNull();
        (await analytics.GetAsync("/query?limit=1")).Next.ShouldNotBeNull();
        (await analytics.GetAsync("/query?userId=u-1&limit=1")).Next.ShouldBeNull();
    }

    [Fact]
    public async Task A9_a_page_costs_the_same_among_ten_times_the_rows_and_reads_nothing_outside_its_months()
    {
        await using var few = await StartAsync();
        await few.DeliverAllAsync(Events(100));
        await using var many = await StartAsync();
        await many.DeliverAllAsync(Events(1000));

        var costs = new List<int>();
        foreach (var analytics in new[] { few, many })
        {
            var before = analytics.Store.Calls;
            Rows(await analytics.QueryAsync("from=2018-05&to=2018-05&limit=10")).Length.ShouldBe(10);
            Rows(await analytics.QueryAsync("userId=u-7")).Length.ShouldBe(1);
            Rows(await analytics.QueryAsync("from=2017-01&to=2017-12")).ShouldBeEmpty();
            costs.Add(analytics.Store.Calls - before);
        }

        // More rows make fuller leaves, so that a page of the same size reads fewer of them.
        costs[1].ShouldBeLessThanOrEqualTo(costs[0]);
        costs[0].ShouldBeLessThan(15);

        static IEnumerable<string> Events(int users) => Enumerable.Range(0, users).Select(n => Event($"e-{n}", key: $"u-{n}", time: "2018-05-01T00:00:00Z"));
    }

    [Theory]
    [InlineData("from=2018", "from")]
    [InlineData("from=2018-13", "from")]
    [InlineData("to=2018-05-01", "to")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("cursor=forged", "cursor")]
    [InlineData("userId=a&userId=b", "userId")]
    public async Task A9_refuses_a_bad_parameter_by_name(string parameters, string name)
    {
        await using var analytics = await StartAsync();

        var (status, body, _) = await analytics.GetAsync($"/query?{parameters}");

        status.ShouldBe(400);
        JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe([name]);
    }

    [Fact]
    public async Task A9_refuses_the_cursor_of_another_query()
    {
        await using var analytics = await StartAsync();
        await analytics.DeliverAllAsync(Event("1"), Event("2", key: "u-2"));
        var next = (await analytics.GetAsync("/query?limit=1")).Next!;

        (await analytics.GetAsync(next)).Status.ShouldBe(200);
        (await analytics.GetAsync($"{next}&userId=u-1")).Status.ShouldBe(400);
        (await analytics.GetAsync($"{next}&from=2018-05")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A9_finds_users_whose_ids_are_no_keys()
    {
        await using var analytics = await StartAsync();
        string[] users = ["a||b", "../x", "名", "with space", "~", new('u', 200), "100%&?=#"];

        await analytics.DeliverAllAsync(users.Select((user, n) => Event($"e-{n}", key: user)));

        foreach (var user in users)
            Rows(await analytics.QueryAsync($"userId={Uri.EscapeDataString(user)}")).ShouldBe([$"{user} 2026-11"]);
        Rows(await analytics.QueryAsync()).Order().ShouldBe(users.Select(user => $"{user} 2026-11").Order());
    }

    private static string[] Rows(string body) =>
        [.. JsonDocument.Parse(body).RootElement.EnumerateArray().Select(row => $"{row.GetProperty("userId").GetString()} {row.GetProperty("yearmonth").GetString()}")];
}
