using CloudNative.BuildingBlocks.Entities;
using CloudNative.TestKit;

namespace CloudNative.BuildingBlocks.Directories;

public sealed class ListingEntities
{
    private readonly InMemoryStateStore _store = new();
    private readonly RecordingPublisher _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task the_two_things_of_the_recipe_come_in_its_order()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        await replica.SaveAsync(new Thing("33333333-1111-1111-2222-000000000000", "thing two"));
        await replica.SaveAsync(new Thing("33333333-1111-1111-1111-000000000000", "thing one"));

        var page = await replica.Things.ListAsync(new EntityQuery("thing", 10, null), Cancellation);

        page.Items.Select(item => item.Id).ShouldBe(["33333333-1111-1111-1111-000000000000", "33333333-1111-1111-2222-000000000000"]);
        page.Cursor.ShouldBeNull();
    }

    [Fact]
    public async Task G7_every_item_of_ten_thousand_comes_once_while_others_insert_and_delete()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        await using var reader = new ThingsInMemory(_store, _stream);
        await Parallel.ForAsync(0, 10_000, Cancellation, async (i, _) => await replica.SaveAsync(new Thing($"stays-{i}", "thing")));
        using var paged = new CancellationTokenSource();
        var others = OthersAsync(replica, paged.Token);

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await reader.Things.ListAsync(new EntityQuery(null, 100, cursor), Cancellation);
            if (page.Cursor is not null)
                page.Items.Count.ShouldBe(100);
            seen.AddRange(page.Items.Select(item => item.Id));
            cursor = page.Cursor;
        }
        while (cursor is not null);

        await paged.CancelAsync();
        (await others).ShouldBeGreaterThan(0);
        seen.ShouldBeUnique();
        seen.Where(id => id.StartsWith("stays-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, 10_000).Select(i => $"stays-{i}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("THING", 3)]
    [InlineData("50% \"off\"", 1)]
    [InlineData("\U0001F680", 1)]
    [InlineData("ΟΔΌΣ", 1)]
    [InlineData(".*", 0)]
    [InlineData("' OR 1=1 --", 0)]
    [InlineData("", 4)]
    [InlineData(null, 4)]
    public async Task G8_filter_text_is_text(string? filter, int count)
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        foreach (var (id, name) in new[] { ("1", "Thing 50% \"off\""), ("2", "thing \U0001F680"), ("3", "thing"), ("4", "οδός") })
            await replica.SaveAsync(new Thing(id, name));

        var page = await replica.Things.ListAsync(new EntityQuery(filter, 10, null), Cancellation);

        page.Items.Count.ShouldBe(count);
        page.Cursor.ShouldBeNull();
    }

    [Fact]
    public async Task G7_a_cursor_that_is_forged_or_belongs_to_another_filter_is_refused()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        await replica.SaveAsync(new Thing("1", "thing"));
        await replica.SaveAsync(new Thing("2", "thing"));
        var cursor = (await replica.Things.ListAsync(new EntityQuery("thing", 1, null), Cancellation)).Cursor.ShouldNotBeNull();

        foreach (var (filter, forged) in new[] { (null, cursor), ("thing", $"{cursor[..^2]}AA"), ("thing", "not a cursor"), ("thing", "") })
            await Should.ThrowAsync<InvalidCursorException>(async () => await replica.Things.ListAsync(new EntityQuery(filter, 1, forged), Cancellation));
        var second = await replica.Things.ListAsync(new EntityQuery("THING", 1, cursor), Cancellation);
        second.Items.Count.ShouldBe(1);
        second.Cursor.ShouldBeNull();
    }

    private static async Task<int> OthersAsync(ThingsInMemory replica, CancellationToken paged)
    {
        var changes = 0;
        for (; !paged.IsCancellationRequested; changes++)
        {
            await replica.SaveAsync(new Thing($"comes-{changes}", "other"));
            if (changes >= 20)
                await replica.DeleteAsync($"comes-{changes - 20}");
        }

        return changes;
    }
}
