namespace CloudNative.BuildingBlocks.State;

public sealed class NamingAndSettling
{
    private static readonly StateWrite[] Writes = [new("a", default, "1"), new("b", default, null)];

    [Theory]
    [InlineData("33333333-1111-1111-1111-000000000000", true)]
    [InlineData("A.b_c-9", true)]
    [InlineData("", false)]
    [InlineData("a||b", false)]
    [InlineData("~a", false)]
    [InlineData("ü", false)]
    public void a_key_holds_a_plain_id_and_the_hash_of_any_other(string id, bool isPlain) =>
        (StateKey.ForId(id) == id).ShouldBe(isPlain);

    [Fact]
    public void a_long_id_is_hashed_and_no_two_share_a_key()
    {
        StateKey.ForId(new string('a', 128)).Length.ShouldBe(128);
        StateKey.ForId(new string('a', 129)).ShouldStartWith("~");
        StateKey.ForId(StateKey.ForId(new string('a', 129))).ShouldNotBe(StateKey.ForId(new string('a', 129)));
    }

    [Fact]
    public void a_transaction_is_lost_only_when_a_guard_still_stands_at_the_second_look()
    {
        Entries(("1", "x"), (null, "x")).ShouldSatisfyAllConditions(
            unmoved => SettlementRules.AfterFirstLook("t", Writes, unmoved).ShouldBe(FirstLook.Unmoved));
        SettlementRules.AfterFirstLook("t", Writes, Entries(("2", "x"), (null, "x"))).ShouldBe(FirstLook.Moved);
        SettlementRules.AfterFirstLook("t", Writes, Entries(("2", "x"), ("3", "t"))).ShouldBe(FirstLook.Committed);
        SettlementRules.AfterSecondLook("t", Writes, Entries(("2", "x"), (null, "x"))).ShouldBe(Settled.Lost);
        SettlementRules.AfterSecondLook("t", Writes, Entries(("2", "x"), ("3", "x"))).ShouldBe(Settled.Unknown);
        SettlementRules.AfterSecondLook("t", Writes, Entries(("2", "t"), ("3", "x"))).ShouldBe(Settled.Committed);
    }

    private static StateEntry[] Entries((string? Etag, string Tx) a, (string? Etag, string Tx) b) =>
        [new("a", Document(a.Tx), a.Etag), new("b", Document(b.Tx), b.Etag)];

    private static ReadOnlyMemory<byte> Document(string tx) => System.Text.Encoding.UTF8.GetBytes($$"""{"tx":"{{tx}}"}""");
}
