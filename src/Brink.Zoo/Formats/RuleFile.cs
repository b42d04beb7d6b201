using Brink.Games;

namespace Brink.Zoo.Formats;

/// <summary>Reads and writes the numbers of a learned rule for GANs as safetensors.</summary>
public static class RuleFile
{
    // The groups of a dense GAN: matrix and bias of the first, the hidden and the last layers of two networks.
    private static readonly RuleLayout Layout = RuleLayout.Of(new DenseGanShape(1, 1, 2).Parts);

    private const string Name = "rule.theta";

    /// <summary>Returns true if a file has the numbers of a rule, not the weights of another optimizer.</summary>
    public static bool IsRule(string path)
    {
        using var scope = NewDisposeScope();
        try
        {
            return Safetensors.Read(path).Tensors.ContainsKey(Name);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Reads the numbers theta [q] in float64.</summary>
    /// <exception cref="InvalidDataException">There is no such file, or its content is not valid; the message is one
    /// line.</exception>
    public static Tensor Read(string path)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Checked(Safetensors.Read(path), path));
    }

    /// <param name="file">Seekable stream.</param>
    /// <param name="name">Name in error messages.</param>
    /// <inheritdoc cref="Read(string)"/>
    public static Tensor Read(Stream file, string name)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Checked(Safetensors.Read(file, name), name));
    }

    /// <summary>Writes the numbers.</summary>
    /// <param name="path">Path of the file; an existing file is replaced.</param>
    /// <param name="theta">Numbers [q].</param>
    /// <param name="remarks">Remarks on the origin of the numbers.</param>
    public static void Write(string path, Tensor theta, IReadOnlyDictionary<string, string>? remarks = null) =>
        Safetensors.Write(path, new Dictionary<string, Tensor>(StringComparer.Ordinal) { [Name] = theta }, remarks);

    private static Tensor Checked(NamedTensors read, string path)
    {
        if (!read.Tensors.TryGetValue(Name, out var theta)) throw new InvalidDataException($"{path}: {Name} is missing");
        if (theta.dim() != 1 || theta.shape[0] != Layout.Size)
            throw new InvalidDataException($"{path}: {Name} has shape [{string.Join(',', theta.shape)}], not [{Layout.Size}]");
        if (!theta.is_floating_point() || !theta.isfinite().all().ToBoolean())
            throw new InvalidDataException($"{path}: {Name} must hold finite floating-point numbers");
        return theta.to(ScalarType.Float64);
    }
}
