using System.Text;
using System.Text.Json;
using CloudNative.Local.PubSub.Subscribing;

namespace CloudNative.Local.Tests.PubSub;

public sealed class RoutingByRules
{
    private const string Event = """{"type":"thing-created","n":6,"flag":true,"data":{"n":9,"s":"text"}}""";

    [Theory]
    [InlineData("event.type == \"thing-created\"", true)]
    [InlineData("event.type == 'other'", false)]
    [InlineData("event.type != 'other'", true)]
    [InlineData("event.data.n > 5", true)]
    [InlineData("event.data.n > 9", false)]
    [InlineData("event.data.n >= 9.0", true)]
    [InlineData("event.n < -1", false)]
    [InlineData("event.n <= 6", true)]
    [InlineData("event.type.startsWith('thing-')", true)]
    [InlineData("event.type.startsWith('order-')", false)]
    [InlineData("event.type.startsWith('thing-') && event.data.n > 5", true)]
    [InlineData("event.type.startsWith('thing-') && (event.data.n > 5 && event.n == 7)", false)]
    [InlineData("event.flag", true)]
    [InlineData("event.flag == true", true)]
    [InlineData("event.type == 6", false)]
    [InlineData("event.nothing == 1 && event.flag == false", false)]
    [InlineData("event.flag == false && event.nothing == 1", false)]
    public void a_rule_decides_by_the_events_fields(string rule, bool expected) =>
        RuleParser.Parse(rule).IsTrue(JsonElement.Parse(Event)).ShouldBe(expected);

    [Theory]
    [InlineData("event.data.missing > 5", "no such key: missing")]
    [InlineData("event.type.deeper == 1", "no such key: deeper")]
    [InlineData("event.data.s > 5", "no such overload")]
    [InlineData("event.n.startsWith('x')", "no such overload")]
    [InlineData("event.type", "the result of the rule is not a boolean")]
    [InlineData("event.flag && event.missing == 1", "no such key: missing")]
    public void a_rule_that_does_not_apply_to_the_event_is_a_failure_and_not_false(string rule, string text) =>
        Should.Throw<RuleEvaluationException>(() => RuleParser.Parse(rule).IsTrue(JsonElement.Parse(Event))).Message.ShouldBe(text);

    [Theory]
    [InlineData("event.type ==")]
    [InlineData("event.type == \"open")]
    [InlineData("event.type = 'x'")]
    [InlineData("event.type == 'x' || event.n == 1")]
    [InlineData("!event.flag")]
    [InlineData("has(event.type)")]
    [InlineData("other.type == 'x'")]
    [InlineData("event.type == 'a\\'b'")]
    [InlineData("event.type == 'x' event.n == 1")]
    [InlineData("event..type == 'x'")]
    [InlineData("event.type in ['x']")]
    [InlineData("size(event.type) > 1")]
    [InlineData("(event.flag")]
    public void what_is_beyond_the_served_part_of_CEL_is_refused_naming_the_rule(string rule) =>
        Should.Throw<RoutingRuleException>(() => RuleParser.Parse(rule)).Message.ShouldContain(rule);

    [Fact]
    public void the_first_rule_that_matches_wins_and_a_blank_one_always_does()
    {
        RoutingRule[] rules = [RoutingRule.Parse("event.n > 9", "/many"), RoutingRule.Parse("event.n > 5", "some"), RoutingRule.Parse(" ", "/rest")];

        Select(rules, """{"n":10}""").ShouldBe("/many");
        Select(rules, """{"n":6}""").ShouldBe("/some");
        Select(rules, """{"n":1}""").ShouldBe("/rest");
    }

    [Fact]
    public void no_rule_that_matches_is_no_path() =>
        RoutingRule.Select([RoutingRule.Parse("event.n > 9", "/many")], Encoding.UTF8.GetBytes("""{"n":1}""")).ShouldBeNull();

    private static string? Select(RoutingRule[] rules, string json) => RoutingRule.Select(rules, Encoding.UTF8.GetBytes(json))?.RequestPath;
}
