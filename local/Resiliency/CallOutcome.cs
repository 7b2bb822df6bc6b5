namespace CloudNative.Local.Resiliency;

public enum FailureKind
{
    /// <summary>Without a code: every retry policy repeats it.</summary>
    Uncoded,

    /// <summary>With an HTTP status, which a retry policy may leave out.</summary>
    HttpStatus,

    /// <summary>With a gRPC code, which a retry policy may leave out.</summary>
    GrpcStatus,

    /// <summary>The attempt took longer than the policy's timeout.</summary>
    TimedOut,

    /// <summary>A circuit breaker let no attempt through; ends every retry policy.</summary>
    BreakerOpen,

    /// <summary>Counts as a failure and is never repeated, e.g. a lost race that a repetition would lose again.</summary>
    Final,
}

/// <summary>Why a call failed.</summary>
/// <param name="Code">Of the two kinds that have one.</param>
/// <param name="Text">Go's words, for the two kinds that a policy itself causes; else empty.</param>
public sealed record CallFailure(FailureKind Kind, int Code = 0, string Text = "")
{
    public static readonly CallFailure Uncoded = new(FailureKind.Uncoded);
    public static readonly CallFailure Final = new(FailureKind.Final);
    public static readonly CallFailure TimedOut = new(FailureKind.TimedOut, Text: "context deadline exceeded");
    public static readonly CallFailure BreakerIsOpen = new(FailureKind.BreakerOpen, Text: "circuit breaker is open");
    public static readonly CallFailure TooManyTrials = new(FailureKind.BreakerOpen, Text: "too many requests");

    public static CallFailure Http(int status) => new(FailureKind.HttpStatus, status);

    public static CallFailure Grpc(int code) => new(FailureKind.GrpcStatus, code);

    /// <summary>True where a policy ended the call, so that there is no answer to look at.</summary>
    public bool IsByPolicy => Kind is FailureKind.TimedOut or FailureKind.BreakerOpen;
}

/// <summary>What one attempt, or a whole call, came to.</summary>
/// <param name="Value">The last answer; none where <see cref="CallFailure.IsByPolicy"/>.</param>
/// <param name="Failure">Null: it succeeded.</param>
public readonly record struct CallOutcome<T>(T? Value, CallFailure? Failure);

/// <summary>Makes outcomes without naming their type.</summary>
public static class CallOutcome
{
    public static CallOutcome<T> Success<T>(T value) => new(value, null);

    public static CallOutcome<T> Failed<T>(T value, CallFailure failure) => new(value, failure);
}
