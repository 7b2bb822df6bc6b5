namespace CloudNative.Local.Sidecars;

/// <summary>The daprd whose answers are given here; clients read it to know what they may ask for.</summary>
internal static class RuntimeVersion
{
    public const string Text = "1.18.3";
}
