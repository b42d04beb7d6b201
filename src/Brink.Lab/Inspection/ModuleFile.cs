using Brink.Objectives;
using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>Writes and loads the values of a module as a safetensors file, under the module's names of its parameters and
/// buffers.</summary>
internal static class ModuleFile
{
    /// <summary>Writes parameters and buffers in the module's precision; tied parameters under their first name only.</summary>
    /// <param name="path">Output file; replaced where it exists.</param>
    /// <param name="module">Module to write; it is not changed.</param>
    /// <param name="parameters">Trainable parameters of the module.</param>
    /// <param name="remarks">Origin of the values.</param>
    public static void Write(
        string path, nn.Module module, ModuleParameters parameters, IReadOnlyDictionary<string, string> remarks)
    {
        using var scope = NewDisposeScope();
        var written = new HashSet<int>();
        var values = Values(module)
            .Where(value => parameters.IndexOf(value.Tensor) is var place && (place < 0 || written.Add(place)))
            .ToDictionary(value => value.Name, value => value.Tensor, StringComparer.Ordinal);
        Safetensors.Write(path, values, remarks);
    }

    /// <summary>Loads the values of a file into a module, in the module's precision. The file must have all trainable
    /// parameters, tied ones under one of their names. Frozen parameters and buffers that are not in the file keep their
    /// values.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="module">Module that receives the values; some of them where an exception is thrown.</param>
    /// <param name="parameters">Trainable parameters of the module.</param>
    /// <param name="model">Name of the module in messages.</param>
    /// <exception cref="ExperimentException">The file does not exist or is not safetensors, or a name, a shape or a value does
    /// not fit; the message has one line.</exception>
    public static void Load(string path, nn.Module module, ModuleParameters parameters, string model)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var given = Read(path);
        var values = Values(module);
        foreach (var (name, tensor) in given)
        {
            var target = values.FirstOrDefault(value => value.Name == name).Tensor ?? throw new ExperimentException(
                $"{path}: {name}: {model} has no such parameter{Nearest.Hint(name, values.Select(value => value.Name))}");
            Check(tensor, target, $"{path}: {name}", model);
        }
        var places = values.Where(value => given.ContainsKey(value.Name))
            .Select(value => parameters.IndexOf(value.Tensor))
            .ToHashSet();
        foreach (var (place, (name, _)) in parameters.Parts.Index())
            if (!places.Contains(place))
                throw new ExperimentException($"{path}: parameter {name} of {model} is missing");
        foreach (var (name, target) in values)
            if (given.TryGetValue(name, out var tensor)) target.copy_(tensor);
        // Of two names of one tensor, the later one has set the values.
        foreach (var (name, target) in values)
            if (given.TryGetValue(name, out var tensor) && !target.equal(tensor.to(target.dtype)).all().ToBoolean())
            {
                throw new ExperimentException(
                    $"{path}: {name}: {model} ties it to another parameter, and the values of the two differ; give both the same values");
            }
    }

    /// <summary>Replaces values of a module by name; names that it does not have are ignored.</summary>
    /// <param name="given">Values by name.</param>
    /// <param name="module">Module that receives them.</param>
    /// <param name="model">Name of the module in messages.</param>
    /// <param name="buffers">The values to which buffers are restored, which are then these.</param>
    /// <exception cref="ExperimentException">A shape does not fit, or a value is not finite.</exception>
    public static void Set(IReadOnlyDictionary<string, Tensor> given, nn.Module module, string model, BufferSnapshot buffers)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        buffers.Restore();
        foreach (var (name, target) in Values(module))
        {
            if (!given.TryGetValue(name, out var tensor)) continue;
            Check(tensor, target, name, model);
            target.copy_(tensor);
        }
        buffers.Take();
    }

    private static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        try
        {
            return Safetensors.Read(path).Tensors;
        }
        catch (InvalidDataException e)
        {
            throw new ExperimentException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException(File.Exists(path) ? $"{path}: {e.Message}" : $"{path}: no such file", e);
        }
    }

    private static (string Name, Tensor Tensor)[] Values(nn.Module module) =>
    [
        .. module.named_parameters().Select(part => (part.name, (Tensor)part.parameter)),
        .. module is jit.ScriptModule script
            ? ScriptBuffers.Of(script)
            : module.named_buffers().Select(part => (part.name, part.buffer)),
    ];

    private static void Check(Tensor tensor, Tensor target, string where, string model)
    {
        if (!tensor.shape.SequenceEqual(target.shape) || tensor.is_floating_point() != target.is_floating_point())
            throw new ExperimentException($"{where}: {Shape(tensor)}; {model} needs {Shape(target)}");
        if (!tensor.isfinite().all().ToBoolean())
            throw new ExperimentException($"{where}: contains non-finite values");
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(',', tensor.shape)}] {tensor.dtype}";
}
