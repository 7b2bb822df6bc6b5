using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Indexing;
using static CloudNative.SearchBff.Tests.Embedded.AnEmbeddedIndex;

namespace CloudNative.SearchBff.Tests.Embedded;

public sealed class WritingTheIndex
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S1_the_old_name_stops_matching_and_the_new_one_matches()
    {
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync(Entry("t1", 1, "Red boots"));

        await embedded.WriteAsync(Entry("t1", 2, "Blue shoes"));

        (await embedded.IdsAsync("boots")).ShouldBeEmpty();
        (await embedded.IdsAsync("shoes")).ShouldBe(["t1"]);
    }

    [Fact]
    public async Task S2_S3_an_entry_that_is_not_newer_changes_nothing_also_within_one_write()
    {
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync(Entry("t1", 3, "third"), Entry("t1", 2, "second"), Entry("t2", 1, "first"), Entry("t2", 2, "second"));

        await embedded.WriteAsync(Entry("t1", 3, "other"), Entry("t2", 1, "first"));

        (await embedded.IdsAsync("third")).ShouldBe(["t1"]);
        (await embedded.IdsAsync("second")).ShouldBe(["t2"]);
        (await embedded.IdsAsync("first | other")).ShouldBeEmpty();
    }

    [Fact]
    public async Task S3_a_tombstone_is_found_by_no_search_and_keeps_older_entries_out_after_a_restart_too()
    {
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync(Entry("t1", 1, "Red boots"), Entry("t2", 1, "Blue shoes"));
        await embedded.WriteAsync(Tombstone("t1", 3));
        embedded.Reopen();

        await embedded.WriteAsync(Entry("t1", 2, "Red boots"));

        (await embedded.IdsAsync("boots")).ShouldBeEmpty();
        (await embedded.IdsAsync("*")).ShouldBe(["t2"]);
        (await embedded.IdsAsync("-blue")).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_tombstone_is_purged_when_it_is_old()
    {
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync(Tombstone("old", 3, deletedAt: 1_000), Tombstone("new", 3, deletedAt: 2_000));

        await embedded.Index.PurgeAsync(DateTimeOffset.FromUnixTimeMilliseconds(2_000), Token);
        await embedded.WriteAsync(Entry("old", 1, "thing"), Entry("new", 1, "thing"));

        (await embedded.IdsAsync("thing")).ShouldBe(["old"]);
    }

    [Fact]
    public async Task is_for_one_process_at_a_time()
    {
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync(Entry("t1", 1, "thing"));
        using var second = embedded.Open();

        await Should.ThrowAsync<DependencyUnavailableException>(async () => await second.PrepareAsync(Token));
    }

    [Fact]
    public async Task S7_pages_are_complete_and_without_doubles_while_things_come_and_go()
    {
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync([.. Enumerable.Range(0, 200).Select(n => Entry($"t{n:000}", 1, "equal thing", n % 2 == 0 ? "one more word" : null))]);
        var expected = await embedded.IdsAsync("thing");

        var ids = new List<string>();
        SearchPosition? after = null;
        for (var page = 0; page == 0 || after is not null; page++)
        {
            var found = await embedded.Index.SearchAsync(new SearchRequest("thing", 7, after), Token);
            ids.AddRange(found.Things.Select(thing => thing.Id));
            after = found.Next;
            await embedded.WriteAsync(Entry($"new{page}", 1, "thing thing"), Entry($"t{page:000}", 2, "renamed"));
        }

        ids.ShouldBe(expected);
        ids.Count.ShouldBe(200);
    }

    [Fact]
    public async Task S7_equal_hits_come_in_the_order_of_their_ids_utf8_bytes()
    {
        using var embedded = new AnEmbeddedIndex();
        string[] ids = ["b", "a", "\uFF41", "\U0001F600", "é"];
        await embedded.WriteAsync([.. ids.Select(id => Entry(id, 1, "thing"))]);

        (await embedded.IdsAsync("thing", limit: 2)).ShouldBe(["a", "b", "é", "\uFF41", "\U0001F600"]);
    }

    [Fact]
    public async Task S7_goes_on_behind_the_same_place_when_the_view_is_gone()
    {
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync([.. Enumerable.Range(0, 10).Select(n => Entry($"t{n}", 1, "thing"))]);
        var first = await embedded.Index.SearchAsync(new SearchRequest("thing", 4, null), Token);
        embedded.Reopen();

        var second = await embedded.Index.SearchAsync(new SearchRequest("thing", 4, first.Next), Token);

        second.Things.Select(thing => thing.Id).ShouldBe(["t4", "t5", "t6", "t7"]);
    }

    [Fact]
    public async Task S9_a_new_index_takes_live_entries_and_replaces_the_old_one_at_once()
    {
        using var embedded = new AnEmbeddedIndex();
        await embedded.WriteAsync(Entry("t1", 1, "thing"), Entry("t2", 1, "thing"), Tombstone("t3", 2));
        (await embedded.Index.BeginBuildingAsync(Token)).ShouldBe("things-2");
        await embedded.WriteAsync(Entry("t4", 1, "thing"), Entry("t1", 2, "thing again"));
        (await embedded.Index.CountMissingAsync(Token)).ShouldBe(2);
        (await embedded.IdsAsync("thing")).ShouldBe(["t2", "t4", "t1"]);

        embedded.Reopen();
        (await embedded.Index.BuildingAsync(Token)).ShouldBe("things-2");
        await embedded.WriteAsync(Entry("t1", 1, "thing"), Entry("t2", 1, "thing"), Tombstone("t3", 2));
        (await embedded.Index.CountMissingAsync(Token)).ShouldBe(0);
        await embedded.Index.SwitchAsync(Token);

        (await embedded.IdsAsync("thing")).ShouldBe(["t2", "t4", "t1"]);
        (await embedded.Index.BuildingAsync(Token)).ShouldBeNull();
        embedded.Reopen();
        (await embedded.IdsAsync("thing")).ShouldBe(["t2", "t4", "t1"]);
        Directory.GetDirectories(embedded.Folder).Select(Path.GetFileName).ShouldBe(["things-2"]);
    }
}
