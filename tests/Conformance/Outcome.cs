namespace CloudNative.Conformance;

internal enum Verdict
{
    Same,
    Differs,
    NotServed,
}

/// <param name="Detail">The first difference, or why it is not served; empty where it is the same.</param>
/// <param name="Log">What the sidecars wrote.</param>
internal sealed record Outcome(Verdict Verdict, string Detail, string Log = "");

/// <summary>A recording asks for something that the replayer does not know.</summary>
internal sealed class ReplayException(string message) : Exception(message);
