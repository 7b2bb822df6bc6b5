using System.Text.Json;

namespace CloudNative.Local.PubSub.Subscribing;

/// <summary>A rule cannot be evaluated on this event: a missing field, operands that do not compare, or a result that is no boolean.</summary>
internal sealed class RuleEvaluationException(string message) : Exception(message);

/// <summary>A node of a parsed rule. Values are JSON elements: of the event, or the literals of the rule.</summary>
internal abstract record RuleExpression
{
    /// <exception cref="RuleEvaluationException">There is no value.</exception>
    public abstract JsonElement Evaluate(JsonElement @event);

    /// <exception cref="RuleEvaluationException">There is no value, or it is no boolean.</exception>
    public bool IsTrue(JsonElement @event) => Evaluate(@event).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new RuleEvaluationException("the result of the rule is not a boolean"),
    };

    private protected static JsonElement Boolean(bool value) => value ? True : False;

    private static readonly JsonElement True = JsonElement.Parse("true"u8);
    private static readonly JsonElement False = JsonElement.Parse("false"u8);
}

internal sealed record LiteralExpression(JsonElement Value) : RuleExpression
{
    public override JsonElement Evaluate(JsonElement @event) => Value;
}

/// <summary><c>event.data.n</c>; no fields: the event itself.</summary>
internal sealed record FieldExpression(IReadOnlyList<string> Fields) : RuleExpression
{
    public override JsonElement Evaluate(JsonElement @event)
    {
        var value = @event;
        foreach (var field in Fields)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(field, out value))
                throw new RuleEvaluationException($"no such key: {field}");
        }

        return value;
    }
}

internal sealed record StartsWithExpression(RuleExpression Text, RuleExpression Prefix) : RuleExpression
{
    public override JsonElement Evaluate(JsonElement @event)
    {
        var (text, prefix) = (Text.Evaluate(@event), Prefix.Evaluate(@event));
        if (text.ValueKind != JsonValueKind.String || prefix.ValueKind != JsonValueKind.String)
            throw new RuleEvaluationException("no such overload");
        return Boolean(text.GetString()!.StartsWith(prefix.GetString()!, StringComparison.Ordinal));
    }
}

/// <summary>Commutative: one side that is false decides, even where the other cannot be evaluated.</summary>
internal sealed record AndExpression(RuleExpression Left, RuleExpression Right) : RuleExpression
{
    public override JsonElement Evaluate(JsonElement @event)
    {
        bool left;
        try
        {
            left = Left.IsTrue(@event);
        }
        catch (RuleEvaluationException) when (IsFalse(Right, @event))
        {
            left = false;
        }

        return Boolean(left && Right.IsTrue(@event));
    }

    private static bool IsFalse(RuleExpression side, JsonElement @event)
    {
        try
        {
            return !side.IsTrue(@event);
        }
        catch (RuleEvaluationException)
        {
            return false;
        }
    }
}

/// <summary>Values of different kinds are unequal, and have no order.</summary>
internal sealed record ComparisonExpression(RuleExpression Left, string Operator, RuleExpression Right) : RuleExpression
{
    public override JsonElement Evaluate(JsonElement @event)
    {
        var (left, right) = (Left.Evaluate(@event), Right.Evaluate(@event));
        return Boolean(Operator switch
        {
            "==" => JsonElement.DeepEquals(left, right),
            "!=" => !JsonElement.DeepEquals(left, right),
            "<" => Order(left, right) < 0,
            "<=" => Order(left, right) <= 0,
            ">" => Order(left, right) > 0,
            _ => Order(left, right) >= 0,
        });
    }

    private static int Order(JsonElement left, JsonElement right) => (left.ValueKind, right.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => left.GetDouble().CompareTo(right.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left.GetString(), right.GetString()),
        _ => throw new RuleEvaluationException("no such overload"),
    };
}
