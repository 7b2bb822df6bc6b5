namespace CloudNative.Local.Resiliency;

/// <summary>
/// The condition that opens a breaker, in the part of CEL that fits it: the counts <c>requests</c>, <c>totalSuccesses</c>, <c>totalFailures</c>,
/// <c>consecutiveSuccesses</c>, <c>consecutiveFailures</c>, numbers, arithmetic, comparisons, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c> and parentheses.
/// </summary>
public sealed class TripExpression
{
    private readonly Func<BreakerCounts, double> evaluate;

    private TripExpression(Func<BreakerCounts, double> evaluate) => this.evaluate = evaluate;

    /// <exception cref="FormatException">It is not in this part of CEL, or no condition.</exception>
    public static TripExpression Parse(string text) => new(new TripParser(text).Condition());

    /// <summary>A division by zero makes it false.</summary>
    public bool IsTrue(BreakerCounts counts) => evaluate(counts) is not (0 or double.NaN);
}
