using CloudNative.Local.Resources;
using CloudNative.Local.State;
using static CloudNative.Local.Tests.State.Operations;

namespace CloudNative.Local.Tests.State;

public sealed class KeepingStateInMemory : AStateStore
{
    [Fact]
    public async Task mismatches_say_why()
    {
        await Store.ApplyAsync(Set("a", "1"), Ct);
        var etag = (await Store.GetAsync("a", Ct))!.Etag;

        (await Refusal(Set("a", "2", "x"))).ShouldBe($"state etag not match for key=a: current={etag}, expect=x");
        (await Refusal(Delete("b", "x"))).ShouldBe("state not exist or expired for key=b");
        (await Refusal(Set("a", "2", concurrency: "first-write"))).ShouldBe("item already exists and no etag was passed");
        (await Refusal(Delete("a", concurrency: "first-write"))).ShouldBe("item already exists and no etag was passed");
    }

    [Fact]
    public async Task a_transaction_checks_all_guards_against_what_was_before_it()
    {
        await Store.ApplyAsync(Set("a", "1"), Ct);
        var etag = (await Store.GetAsync("a", Ct))!.Etag;

        await Store.TransactAsync([Set("a", "2", etag), Set("a", "3", etag)], Ct);

        (await Store.GetAsync("a", Ct)).Text().ShouldBe("3");
    }

    [Fact]
    public async Task bulk_get_answers_in_the_order_asked()
    {
        await Store.ApplyAsync(Set("b", "1"), Ct);

        var rows = await Store.GetBulkAsync(["x", "b", "a", "b"], Ct);

        rows.Select(row => row.Key).ShouldBe(["x", "b", "a", "b"]);
        rows.Select(row => row.Etag is null).ShouldBe([true, false, true, false]);
    }

    [Fact]
    public async Task an_empty_value_comes_back_as_none_at_all_with_its_etag()
    {
        await Store.ApplyAsync(Set("a", ""), Ct);

        var row = (await Store.GetAsync("a", Ct)).ShouldNotBeNull();

        row.Value.Equals(default).ShouldBeTrue();
        row.Etag.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-2")]
    [InlineData("")]
    public async Task no_positive_ttl_is_none(string ttl)
    {
        await Store.ApplyAsync(Set("a", "1", ttl: ttl), Ct);
        (await Store.GetAsync("a", Ct))!.ExpiresAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("1.5", "strconv.Atoi: parsing \"1.5\": invalid syntax")]
    [InlineData(" 5", "strconv.Atoi: parsing \" 5\": invalid syntax")]
    public async Task a_ttl_that_is_no_integer_is_refused(string ttl, string expected) =>
        (await Should.ThrowAsync<ComponentException>(async () => await Store.ApplyAsync(Set("a", "1", ttl: ttl), Ct))).Message.ShouldBe(expected);

    private protected override ValueTask<IStateComponent> MakeAsync() =>
        ValueTask.FromResult<IStateComponent>(new InMemoryStateStore(Folder.Time));

    private async Task<string> Refusal(StateOperation operation) =>
        (await Should.ThrowAsync<EtagMismatchException>(async () => await Store.ApplyAsync(operation, Ct))).Message;
}
