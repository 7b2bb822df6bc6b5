using System.Text.Json;
using CloudNative.TestKit;

namespace CloudNative.BuildingBlocks.Entities;

public sealed class SavingAnEntity
{
    private readonly InMemoryStateStore _store = new();
    private readonly RecordingPublisher _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task G1_a_save_takes_three_calls_and_yields_one_event()
    {
        await using var replica = new ThingsInMemory(_store, _stream);

        var outcome = await replica.SaveAsync(new Thing("1", "thing one"));

        outcome.ShouldBe(new MutationOutcome<Thing>.Done(new Versioned<Thing>("1", new Thing("1", "thing one"), 1)));
        var published = (await _stream.WaitForAsync(1, Cancellation)).ShouldHaveSingleItem();
        _store.Calls.ShouldBe(2);
        published.PartitionKey.ShouldBe("1");
        using var document = JsonDocument.Parse(published.Document);
        document.RootElement.EnumerateObject().Select(member => member.Name)
            .ShouldBe(["id", "type", "timestamp", "partitionKey", "tags", "version", "thing"]);
        document.RootElement.GetProperty("id").GetString().ShouldBe(published.Id);
        document.RootElement.GetProperty("type").GetString().ShouldBe("thing-created");
        document.RootElement.GetProperty("version").GetInt64().ShouldBe(1);
        document.RootElement.GetProperty("thing").GetRawText().ShouldBe("""{"new":{"id":"1","name":"thing one"}}""");
    }

    [Fact]
    public async Task G2_create_update_delete_and_recreation_give_their_own_events_and_images()
    {
        await using var replica = new ThingsInMemory(_store, _stream);

        await replica.SaveAsync(new Thing("1", "one"));
        await replica.SaveAsync(new Thing("1", "two"));
        await replica.DeleteAsync("1");
        await replica.SaveAsync(new Thing("1", "three"));

        var published = await _stream.WaitForAsync(4, Cancellation);
        published.Select(outgoing => $"{outgoing.Type} {Member(outgoing.Document, "version")} {Member(outgoing.Document, "thing")}").ShouldBe(
        [
            """thing-created 1 {"new":{"id":"1","name":"one"}}""",
            """thing-updated 2 {"old":{"id":"1","name":"one"},"new":{"id":"1","name":"two"}}""",
            """thing-deleted 3 {"old":{"id":"1","name":"two"}}""",
            """thing-created 4 {"new":{"id":"1","name":"three"}}""",
        ]);
        published.Select(outgoing => outgoing.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task G2_a_save_that_changes_nothing_emits_nothing()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        await replica.SaveAsync(new Thing("1", "one"));

        var again = await replica.SaveAsync(new Thing("1", "one"));

        again.ShouldBe(new MutationOutcome<Thing>.Done(new Versioned<Thing>("1", new Thing("1", "one"), 1)));
        await replica.SaveAsync(new Thing("2", "two"));
        (await _stream.WaitForAsync(2, Cancellation)).Select(outgoing => outgoing.PartitionKey).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task G4_of_two_writers_from_one_version_one_wins_and_the_other_gets_a_conflict()
    {
        await using var one = new ThingsInMemory(_store, _stream);
        await using var other = new ThingsInMemory(_store, _stream);
        await one.SaveAsync(new Thing("1", "one"));

        var outcomes = await Task.WhenAll(FromVersion(1, one, "a"), FromVersion(1, other, "b"), FromVersion(1, one, "c"));

        outcomes.Count(outcome => outcome is MutationOutcome<Thing>.Done { Entity.Version: 2 }).ShouldBe(1);
        outcomes.OfType<MutationOutcome<Thing>.Conflict>().ShouldAllBe(conflict => conflict.Reason == "version");
        outcomes.OfType<MutationOutcome<Thing>.Conflict>().Count().ShouldBe(2);
    }

    [Fact]
    public async Task G5_a_mutation_id_sent_twice_answers_the_same_and_emits_one_event()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        var first = await replica.SaveAsync(new Thing("1", "one"), "m1");
        await replica.SaveAsync(new Thing("1", "two"));

        var second = await replica.SaveAsync(new Thing("1", "one"), "m1");
        var another = await replica.SaveAsync(new Thing("1", "three"), "m1");

        second.ShouldBe(first);
        another.ShouldBeOfType<MutationOutcome<Thing>.MutationIdReused>();
        (await replica.Things.FindAsync("1", Cancellation)).ShouldBe(new Versioned<Thing>("1", new Thing("1", "two"), 2));
        (await _stream.WaitForAsync(2, Cancellation)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task G5_a_mutation_whose_answer_was_lost_is_found_committed()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        _store.Fault = StateFault.LoseAnswer;

        var outcome = await replica.SaveAsync(new Thing("1", "one"), "m1");

        outcome.ShouldBe(new MutationOutcome<Thing>.Done(new Versioned<Thing>("1", new Thing("1", "one"), 1)));
        (await _stream.WaitForAsync(1, Cancellation)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task G6_a_delete_leaves_a_tombstone_and_is_silent_for_what_is_not_there()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        await replica.SaveAsync(new Thing("1", "one"));

        (await replica.DeleteAsync("1")).ShouldBe(new MutationOutcome<Thing>.Done(null));
        (await replica.DeleteAsync("1")).ShouldBe(new MutationOutcome<Thing>.Done(null));
        (await replica.DeleteAsync("unknown")).ShouldBe(new MutationOutcome<Thing>.Done(null));

        (await replica.Things.FindAsync("1", Cancellation)).ShouldBeNull();
        Member(_store.Documents["thing-1"].Value, "v").ShouldBe("2");
        _store.Documents.Keys.ShouldNotContain("thing-unknown");
        (await _stream.WaitForAsync(2, Cancellation)).Select(outgoing => outgoing.Type).ShouldBe(["thing-created", "thing-deleted"]);
    }

    [Theory]
    [InlineData("", "one", null, "The id must not be empty.")]
    [InlineData("i*257", "one", null, "The id must be at most 256 characters.")]
    [InlineData("1", "n*257", null, "The name must be at most 256 characters.")]
    [InlineData("1", "one", "d*61440", "The event would be larger than 60 KB; it holds the entity before and after.")]
    public async Task is_refused_with_the_limit_it_breaks(string id, string name, string? description, string reason)
    {
        await using var replica = new ThingsInMemory(_store, _stream);

        var outcome = await replica.SaveAsync(new Thing(Repeated(id)!, Repeated(name), Repeated(description)));

        outcome.ShouldBe(new MutationOutcome<Thing>.Invalid(reason));
        _store.Documents.ShouldBeEmpty();
    }

    [Fact]
    public async Task is_refused_when_the_id_holds_half_a_surrogate_pair()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        var half = ((char)0xD800).ToString();

        (await replica.SaveAsync(new Thing(half, "one"))).ShouldBe(new MutationOutcome<Thing>.Invalid("The id is not well-formed Unicode text."));

        (await replica.Things.FindAsync(half, Cancellation)).ShouldBeNull();
        _store.Documents.ShouldBeEmpty();
    }

    [Fact]
    public async Task G11_a_store_that_is_down_is_unavailable_and_nothing_is_emitted()
    {
        await using var replica = new ThingsInMemory(_store, _stream);
        _store.Fail();

        var outcome = await replica.SaveAsync(new Thing("1", "one"));
        await Should.ThrowAsync<EntityStoreUnavailableException>(async () => await replica.Things.FindAsync("1", Cancellation));
        _store.Recover();

        outcome.ShouldBe(new MutationOutcome<Thing>.Unavailable("The state store does not answer."));
        await replica.SaveAsync(new Thing("1", "two"));
        (await _stream.WaitForAsync(1, Cancellation)).ShouldHaveSingleItem().Type.ShouldBe("thing-created");
    }

    private static Task<MutationOutcome<Thing>> FromVersion(long version, ThingsInMemory replica, string name) => replica.Things.MutateAsync(
        new Mutation<Thing>("1", current => current?.Version == version
            ? new Decision<Thing>.Save(new Thing("1", name))
            : new Decision<Thing>.Conflict("version")),
        Cancellation).AsTask();

    private static string? Repeated(string? text) => text?.Split('*') is [var unit, var times]
        ? string.Concat(Enumerable.Repeat(unit, int.Parse(times, System.Globalization.CultureInfo.InvariantCulture)))
        : text;

    private static string Member(ReadOnlyMemory<byte> document, string name)
    {
        using var parsed = JsonDocument.Parse(document);
        return parsed.RootElement.GetProperty(name).GetRawText();
    }
}
