using CloudNative.Local.Resources;
using CloudNative.Local.State;
using static CloudNative.Local.Tests.State.Operations;

namespace CloudNative.Local.Tests.State;

/// <summary>What both embedded stores promise; each inherits the same claims.</summary>
public abstract class AStateStore : IAsyncLifetime
{
    private IStateComponent? store;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected AFolder Folder { get; } = new();

    private protected IStateComponent Store => store!;

    public async ValueTask InitializeAsync() => store = await MakeAsync();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task a_saved_value_is_read_with_an_etag_that_changes_with_every_save()
    {
        await Store.ApplyAsync(Set("a", "1"), Ct);
        var first = await Store.GetAsync("a", Ct);
        await Store.ApplyAsync(Set("a", "1"), Ct);
        var second = await Store.GetAsync("a", Ct);

        first.Text().ShouldBe("1");
        Guid.TryParse(first!.Etag, out _).ShouldBeTrue();
        second!.Etag.ShouldNotBe(first.Etag);
        (await Store.GetAsync("A", Ct)).ShouldBeNull();
    }

    [Theory]
    [InlineData("stale")]
    [InlineData("*")]
    public async Task a_save_and_a_delete_under_another_etag_are_refused_and_change_nothing(string etag)
    {
        await Store.ApplyAsync(Set("a", "1"), Ct);

        await Should.ThrowAsync<EtagMismatchException>(async () => await Store.ApplyAsync(Set("a", "2", etag), Ct));
        await Should.ThrowAsync<EtagMismatchException>(async () => await Store.ApplyAsync(Delete("a", etag), Ct));
        await Should.ThrowAsync<EtagMismatchException>(async () => await Store.ApplyAsync(Set("none", "2", etag), Ct));
        await Should.ThrowAsync<EtagMismatchException>(async () => await Store.ApplyAsync(Delete("none", etag), Ct));

        (await Store.GetAsync("a", Ct)).Text().ShouldBe("1");
        (await Store.GetAsync("none", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task the_current_etag_lets_a_save_and_a_delete_pass_and_an_empty_one_is_none()
    {
        await Store.ApplyAsync(Set("a", "1", etag: ""), Ct);
        await Store.ApplyAsync(Set("a", "2", (await Store.GetAsync("a", Ct))!.Etag), Ct);
        (await Store.GetAsync("a", Ct)).Text().ShouldBe("2");

        await Store.ApplyAsync(Delete("a", (await Store.GetAsync("a", Ct))!.Etag), Ct);
        (await Store.GetAsync("a", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task of_many_first_writes_at_once_exactly_one_wins()
    {
        var tries = Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            try
            {
                await Store.ApplyAsync(Set("a", $"{i}", concurrency: "first-write"), Ct);
                return 1;
            }
            catch (EtagMismatchException)
            {
                return 0;
            }
        }, Ct));

        (await Task.WhenAll(tries)).Sum().ShouldBe(1);
    }

    [Fact]
    public async Task a_transaction_with_a_mismatch_stores_nothing()
    {
        await Store.ApplyAsync(Set("a", "1"), Ct);

        await Should.ThrowAsync<EtagMismatchException>(
            async () => await Store.TransactAsync([Set("before", "1"), Set("a", "2", "stale"), Set("after", "1")], Ct));

        (await Store.GetAsync("before", Ct)).ShouldBeNull();
        (await Store.GetAsync("after", Ct)).ShouldBeNull();
        (await Store.GetAsync("a", Ct)).Text().ShouldBe("1");
    }

    [Fact]
    public async Task a_transaction_applies_the_same_key_in_order()
    {
        await Store.TransactAsync([Set("a", "1"), Set("a", "2"), Set("b", "1"), Delete("b")], Ct);

        (await Store.GetAsync("a", Ct)).Text().ShouldBe("2");
        (await Store.GetAsync("b", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task an_expired_value_is_gone_to_get_and_guards_and_a_save_without_ttl_is_for_good()
    {
        await Store.ApplyAsync(Set("a", "1", ttl: "5"), Ct);
        await Store.ApplyAsync(Set("b", "1", ttl: "5"), Ct);
        await Store.ApplyAsync(Set("b", "2"), Ct);
        var row = (await Store.GetAsync("a", Ct))!;
        row.ExpiresAt!.Value.ToUnixTimeSeconds().ShouldBe(Folder.Time.GetUtcNow().ToUnixTimeSeconds() + 5);

        Folder.Time.Advance(TimeSpan.FromSeconds(6));

        (await Store.GetAsync("a", Ct)).ShouldBeNull();
        (await Store.GetAsync("b", Ct)).Text().ShouldBe("2");
        await Should.ThrowAsync<EtagMismatchException>(async () => await Store.ApplyAsync(Set("a", "2", row.Etag), Ct));
        await Store.ApplyAsync(Set("a", "3", concurrency: "first-write"), Ct);
        (await Store.GetAsync("a", Ct)).Text().ShouldBe("3");
    }

    [Fact]
    public async Task misspelt_options_are_refused_in_the_stores_words()
    {
        var concurrency = await Should.ThrowAsync<ComponentException>(async () => await Store.ApplyAsync(Set("a", "1", concurrency: "First-Write"), Ct));
        var consistency = await Should.ThrowAsync<ComponentException>(
            async () => await Store.ApplyAsync(Set("a", "1", concurrency: "x") with { Consistency = "Strong" }, Ct));

        concurrency.Message.ShouldBe("unrecognized concurrency model 'First-Write'");
        consistency.Message.ShouldBe("unrecognized consistency model 'Strong'");
        (await Store.GetAsync("a", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task bytes_come_back_as_they_were()
    {
        byte[] bytes = [0, 255, 10, 34];
        await Store.ApplyAsync(Set("a", "") with { Value = bytes, IsBinary = true }, Ct);
        await Store.ApplyAsync(Set("empty", "") with { IsBinary = true }, Ct);

        (await Store.GetAsync("a", Ct))!.Value.ToArray().ShouldBe(bytes);
        (await Store.GetAsync("empty", Ct))!.Value.Length.ShouldBe(0);
    }

    private protected abstract ValueTask<IStateComponent> MakeAsync();
}
