using System.Globalization;
using System.Text.RegularExpressions;

namespace CloudNative.Local.Resiliency;

/// <summary>Parses one trip expression. Conditions are 1 or 0 in the compiled form; NaN stands for an evaluation error and spreads.</summary>
internal sealed partial class TripParser
{
    private readonly string text;
    private readonly List<string> tokens = [];
    private int at;

    public TripParser(string text)
    {
        this.text = text;
        var next = 0;
        foreach (Match token in Token().Matches(text))
        {
            if (token.Index != next)
                break;
            next += token.Length;
            tokens.Add(token.Groups[1].Value);
        }
        if (next != text.Length)
            throw Refused($"at character {next + 1}");
        tokens.Add("");
    }

    public Func<BreakerCounts, double> Condition()
    {
        var whole = Or();
        if (tokens[at].Length > 0)
            throw Refused($"at '{tokens[at]}'");
        return Required(whole, isCondition: true).Value;
    }

    private Term Or() => Chain(And, "||", (left, right) => left == 1 || right == 1 ? 1 : left + right);

    private Term And() => Chain(Comparison, "&&", (left, right) => left == 0 || right == 0 ? 0 : left * right);

    private Term Chain(Func<Term> operand, string symbol, Func<double, double, double> combine)
    {
        var left = operand();
        while (Take(symbol))
        {
            var (one, other) = (Required(left, isCondition: true).Value, Required(operand(), isCondition: true).Value);
            left = new Term(true, false, counts => combine(one(counts), other(counts)));
        }
        return left;
    }

    private Term Comparison()
    {
        var left = Sum();
        var symbol = tokens[at];
        if (symbol is not ("==" or "!=" or "<" or "<=" or ">" or ">="))
            return left;
        at++;
        var right = Required(Sum(), left.IsCondition);
        return new Term(true, false, counts => Compared(left.Value(counts), symbol, right.Value(counts)));
    }

    private Term Sum()
    {
        var left = Product();
        while (tokens[at] is "+" or "-")
            left = Arithmetic(tokens[at++], left, Product());
        return left;
    }

    private Term Product()
    {
        var left = Unary();
        while (tokens[at] is "*" or "/" or "%")
            left = Arithmetic(tokens[at++], left, Unary());
        return left;
    }

    private Term Unary()
    {
        if (Take("!"))
        {
            var condition = Required(Unary(), isCondition: true).Value;
            return new Term(true, false, counts => 1 - condition(counts));
        }
        if (!Take("-"))
            return Operand();
        var number = Required(Unary(), isCondition: false);
        return number with { Value = counts => -number.Value(counts) };
    }

    private Term Operand()
    {
        var token = tokens[at++];
        switch (token)
        {
            case "(":
                var inner = Or();
                return Take(")") ? inner : throw Refused("for want of ')'");
            case "true" or "false":
                return new Term(true, false, _ => token == "true" ? 1 : 0);
            case "requests":
                return Count(counts => counts.Requests);
            case "totalSuccesses":
                return Count(counts => counts.TotalSuccesses);
            case "totalFailures":
                return Count(counts => counts.TotalFailures);
            case "consecutiveSuccesses":
                return Count(counts => counts.ConsecutiveSuccesses);
            case "consecutiveFailures":
                return Count(counts => counts.ConsecutiveFailures);
            default:
                return double.TryParse(token, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    ? new Term(false, !token.Contains('.', StringComparison.Ordinal), _ => number)
                    : throw Refused(token.Length == 0 ? "at its end" : $"at '{token}'");
        }
    }

    private static Term Count(Func<BreakerCounts, double> value) => new(false, true, value);

    private Term Arithmetic(string symbol, Term left, Term right)
    {
        var (one, other) = (Required(left, isCondition: false), Required(right, isCondition: false));
        var areIntegers = one.IsInteger && other.IsInteger;
        return new Term(false, areIntegers, counts => Calculated(one.Value(counts), symbol, other.Value(counts), areIntegers));
    }

    private Term Required(Term term, bool isCondition) => term.IsCondition == isCondition
        ? term
        : throw Refused(isCondition ? "where a condition is needed" : "where a number is needed");

    private static double Calculated(double left, string symbol, double right, bool areIntegers) => symbol switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        _ when right == 0 => double.NaN,
        "/" => areIntegers ? Math.Truncate(left / right) : left / right,
        _ => left % right,
    };

    private static double Compared(double left, string symbol, double right)
    {
        if (double.IsNaN(left + right))
            return double.NaN;
        var holds = symbol switch
        {
            "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            "<=" => left <= right,
            ">" => left > right,
            _ => left >= right,
        };
        return holds ? 1 : 0;
    }

    private bool Take(string token)
    {
        if (tokens[at] != token)
            return false;
        at++;
        return true;
    }

    private FormatException Refused(string where) => new($"the trip expression '{text}' is not understood {where}");

    [GeneratedRegex(@"\s*(&&|\|\||==|!=|<=|>=|[<>()+\-*/%!]|\d+(?:\.\d+)?|[A-Za-z_]\w*)\s*")]
    private static partial Regex Token();

    private sealed record Term(bool IsCondition, bool IsInteger, Func<BreakerCounts, double> Value);
}
