using System.Text;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.BuildingBlocks.Tests.Events;

public sealed class OrderingEventsOfOneEntity
{
    [Fact]
    public void goes_by_version_then_timestamp_then_id()
    {
        EventOrder[] ordered = [new(0, 9, "z"), new(1, 5, "b"), new(2, 1, "c"), new(2, 3, "a"), new(2, 3, "b")];

        ordered.Reverse().Order().ShouldBe(ordered);
    }

    [Fact]
    public void lets_no_event_without_version_win_over_one_with() =>
        (new EventDocument("a", "t", long.MaxValue, "k", null, default).Order < new EventDocument("b", "t", 0, "k", 1, default).Order).ShouldBeTrue();
}

public sealed class NamingAnId
{
    // The example of RFC 9562, appendix A.4: www.example.com in the DNS namespace.
    [Fact]
    public void follows_the_RFC() =>
        NameBasedId.From(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), Encoding.UTF8.GetBytes("www.example.com"))
            .ShouldBe(new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2"));

    [Fact]
    public void gives_the_same_names_the_same_id_and_tells_lists_apart()
    {
        NameBasedId.From("a", "b").ShouldBe(NameBasedId.From("a", "b"));
        NameBasedId.From("a", "b").ShouldNotBe(NameBasedId.From("ab"));
        NameBasedId.From("a", "bc").ShouldNotBe(NameBasedId.From("ab", "c"));
    }
}
