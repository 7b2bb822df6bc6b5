namespace CloudNative.Local.Resiliency;

/// <summary>What is there without any resource.</summary>
internal static class BuiltInPolicies
{
    /// <summary>Retries of invocations of other apps that have no target of their own.</summary>
    public const string ServiceRetries = "DaprBuiltInServiceRetries";

    /// <summary>A built-in policy that a resource overrides has at least so many.</summary>
    public const int FewestRetries = 3;

    public static readonly RetryPolicy ServiceRetry = RetryPolicy.Default with { Duration = TimeSpan.FromSeconds(1), MaxRetries = 3 };

    public static bool IsBuiltIn(string name) => name is
        ServiceRetries or "DaprBuiltInActorRetries" or "DaprBuiltInActorReminderRetries" or "DaprBuiltInInitializationRetries" or "DaprBuiltInActorNotFoundRetries";
}
