using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>A rule that is malformed, or beyond what is served here; the message names the rule.</summary>
internal sealed class RoutingRuleException(string message) : Exception(message);

/// <summary>
/// Parses the part of CEL that rules use: fields of <c>event</c>, string, number and boolean literals, <c>== != &lt; &lt;= &gt; &gt;=</c>,
/// <c>startsWith</c>, <c>&amp;&amp;</c> and parentheses. Anything else is refused, never guessed.
/// </summary>
internal sealed partial class RuleParser
{
    private const string End = "";
    private readonly string rule;
    private readonly List<string> tokens = [];
    private int at;

    private RuleParser(string rule)
    {
        this.rule = rule;
        var next = 0;
        foreach (Match token in Token().Matches(rule))
        {
            if (token.Index != next)
                break;
            next = token.Index + token.Length;
            if (token.Groups[1].Length > 0)
                tokens.Add(token.Groups[1].Value);
        }

        if (next != rule.Length)
            throw Refuse($"character {next + 1}");
        tokens.Add(End);
    }

    /// <exception cref="RoutingRuleException">The rule is not in this part of CEL.</exception>
    public static RuleExpression Parse(string rule)
    {
        var parser = new RuleParser(rule);
        var expression = parser.And();
        return parser.tokens[parser.at] == End ? expression : throw parser.Unexpected();
    }

    private RuleExpression And()
    {
        var left = Comparison();
        while (Take("&&"))
            left = new AndExpression(left, Comparison());
        return left;
    }

    private RuleExpression Comparison()
    {
        var left = Operand();
        var symbol = tokens[at];
        if (symbol is not ("==" or "!=" or "<" or "<=" or ">" or ">="))
            return left;
        at++;
        return new ComparisonExpression(left, symbol, Operand());
    }

    private RuleExpression Operand()
    {
        if (Take("("))
        {
            var inner = And();
            Expect(")");
            return inner;
        }

        var token = tokens[at];
        if (token == "event")
            return Field();
        if (token == End || !(token[0] is '"' or '\'' or '-' || char.IsAsciiDigit(token[0]) || token is "true" or "false"))
            throw Unexpected();
        at++;
        return new LiteralExpression(Literal(token));
    }

    private RuleExpression Field()
    {
        at++;
        List<string> fields = [];
        while (Take("."))
        {
            var name = tokens[at++];
            if (!Name().IsMatch(name))
            {
                at--;
                throw Unexpected();
            }

            if (name == "startsWith" && Take("("))
            {
                var prefix = Operand();
                Expect(")");
                return new StartsWithExpression(new FieldExpression(fields), prefix);
            }

            fields.Add(name);
        }

        return new FieldExpression(fields);
    }

    private JsonElement Literal(string token)
    {
        if (token[0] is not ('"' or '\''))
            return JsonElement.Parse(token);
        var text = token[1..^1];
        return text.Contains('\\', StringComparison.Ordinal)
            ? throw Refuse("an escape in a string")
            : JsonSerializer.SerializeToElement(text, RuleJson.Default.String);
    }

    private bool Take(string token)
    {
        if (tokens[at] != token)
            return false;
        at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw Unexpected();
    }

    private RoutingRuleException Unexpected() => Refuse(tokens[at] == End ? "the end" : $"'{tokens[at]}'");

    private RoutingRuleException Refuse(string where) =>
        new($"the rule '{rule}' is not understood at {where}: rules compare fields of event with literals, with startsWith and &&");

    [GeneratedRegex("""\s*("[^"\n]*"|'[^'\n]*'|&&|==|!=|<=|>=|[<>().]|-?\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*|$)""")]
    private static partial Regex Token();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Name();
}
