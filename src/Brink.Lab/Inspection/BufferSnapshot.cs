namespace Brink.Lab;

/// <summary>A copy of the buffers of a script, which a run of the script may change.</summary>
internal sealed class BufferSnapshot : IDisposable
{
    private readonly jit.ScriptModule _module;
    private readonly Dictionary<string, Tensor> _values;

    public BufferSnapshot(jit.ScriptModule module)
    {
        using var scope = NewDisposeScope();
        _module = module;
        _values = ScriptBuffers.Of(module).ToDictionary(
            part => part.Name, part => part.Value.clone().DetachFromDisposeScope(), StringComparer.Ordinal);
    }

    /// <summary>Copies the present values.</summary>
    public void Take()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var (name, value) in ScriptBuffers.Of(_module)) _values[name].copy_(value);
    }

    /// <summary>Returns the name of a buffer whose values have changed, or null.</summary>
    public string? Changed()
    {
        using var scope = NewDisposeScope();
        return ScriptBuffers.Of(_module).FirstOrDefault(part => !part.Value.equal(_values[part.Name]).all().ToBoolean()).Name;
    }

    /// <summary>Restores the values of the buffers.</summary>
    public void Restore()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var (name, value) in ScriptBuffers.Of(_module)) value.copy_(_values[name]);
    }

    public void Dispose()
    {
        foreach (var value in _values.Values) value.Dispose();
    }
}
