namespace CloudNative.Local.Configurations;

/// <summary>Which secrets of one store an app may read. What is allowed by name shuts out all else; then what is denied by name; then the default.</summary>
/// <param name="IsDeniedByDefault">False where the file gives no default.</param>
public sealed record SecretScope(string StoreName, bool IsDeniedByDefault, IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied)
{
    public bool Allows(string secret)
    {
        if (Allowed.Count > 0)
            return Allowed.Contains(secret, StringComparer.Ordinal);
        return !Denied.Contains(secret, StringComparer.Ordinal) && !IsDeniedByDefault;
    }
}
