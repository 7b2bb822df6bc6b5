using CloudNative.Local.Console.Traces;
using Google.Protobuf;

namespace CloudNative.Local.Console;

public sealed class MakingATraceOfSpans
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void puts_parents_before_children_and_siblings_by_their_start_in_whatever_order_they_came()
    {
        var trace = Trace.Of("t", [Span("c", "a", 30), Span("b", "a", 10), Span("d", "b", 20), Span("a", null, 0)]).ShouldNotBeNull();

        trace.Spans.Select(span => (span.Depth, span.Name)).ShouldBe([(0, "a"), (1, "b"), (2, "d"), (1, "c")]);
        (trace.Start, trace.DurationMs).ShouldBe((Start, 35));
    }

    [Fact]
    public void begins_with_a_span_whose_parent_was_not_reported() =>
        Trace.Of("t", [Span("b", "elsewhere", 0), Span("c", "b", 1)]).ShouldNotBeNull().Spans.Select(span => span.Depth).ShouldBe([0, 1]);

    [Fact]
    public void is_none_where_spans_only_name_each_other() =>
        Trace.Of("t", [Span("a", "b", 0), Span("b", "a", 1)]).ShouldBeNull();

    [Theory]
    [InlineData("Client", true)]
    [InlineData("Server", false)]
    public void is_a_background_call_where_it_is_one_call_and_nothing_else(string kind, bool isOne) =>
        Trace.Of("t", [Span("a", null, 0) with { Kind = Enum.Parse<SpanKind>(kind) }]).ShouldNotBeNull().IsBackgroundCall.ShouldBe(isOne);

    [Theory]
    [InlineData("0A")]
    [InlineData("0A05")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF")]
    public void is_not_read_of_bytes_that_break_off(string hex) =>
        Should.Throw<InvalidProtocolBufferException>(() => OtlpTraces.Read(ByteString.CopyFrom(Convert.FromHexString(hex))));

    [Fact]
    public void has_no_spans_where_the_message_has_none() => OtlpTraces.Read(ByteString.Empty).ShouldBeEmpty();

    private static ReportedSpan Span(string id, string? parent, int atMs) =>
        new("t", id, parent, "things-bff", id, SpanKind.Internal, Start.AddMilliseconds(atMs), TimeSpan.FromMilliseconds(5), false);
}
