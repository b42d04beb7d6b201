using Brink.Zoo.Formats;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Initial parameters from the safetensors file of model.parameters, under the names of the model's layout.</summary>
/// <param name="Theta">[p] in float64.</param>
/// <param name="Checksum">SHA-256 of the file, in hexadecimal.</param>
internal sealed record InitialParameters(Tensor Theta, string Checksum)
{
    // Suffixes of weights: outputs first, as in PyTorch; inputs first, as in Flax.
    private const string Weight = ".weight", Kernel = ".kernel";

    /// <exception cref="ExperimentException">The file does not exist or is not safetensors, or a name, a shape or a value does
    /// not fit.</exception>
    public static InitialParameters Read(string path, Model model) => Read(path, model.Layout, dense: model is Mlp);

    /// <param name="path">Path of the file.</param>
    /// <param name="layout">The names and shapes of the model's parameters.</param>
    /// <param name="dense">True where every matrix is the weight of a dense layer on flat inputs and may have the inputs
    /// first.</param>
    /// <inheritdoc cref="Read(string, Model)"/>
    public static InitialParameters Read(string path, ParameterLayout layout, bool dense)
    {
        using var scope = NewDisposeScope();
        var (tensors, checksum) = Contents(path);
        var kernels = dense && tensors.Keys.Any(name => name.EndsWith(Kernel, StringComparison.Ordinal));
        var places = layout.Parameters.ToDictionary(
            parameter => kernels && parameter.Name.EndsWith(Weight, StringComparison.Ordinal)
                ? parameter.Name[..^Weight.Length] + Kernel
                : parameter.Name,
            StringComparer.Ordinal);
        foreach (var name in tensors.Keys)
        {
            if (!places.ContainsKey(name))
            {
                throw new ExperimentException(
                    $"{path}: {name}: the model has no such parameter{Hidden() ?? Nearest.Hint(name, places.Keys)}");
            }
        }
        var missing = places.Keys.FirstOrDefault(name => !tensors.ContainsKey(name));
        if (missing is not null)
            throw new ExperimentException($"{path}: parameter {missing} of shape {Shape(places[missing].Shape)} is missing{Hidden()}");
        var inputsFirst = kernels || (dense && AreInputsFirst(places, tensors));
        var parts = places.Select(place => Checked(tensors[place.Key], place.Value, inputsFirst, $"{path}: {place.Key}")).ToList();
        return new(scope.MoveToOuter(cat(parts)), checksum);

        // Names the hidden widths of a file that has every layer of another MLP.
        string? Hidden()
        {
            var biases = Enumerable.Range(1, tensors.Count)
                .Select(i => tensors.GetValueOrDefault($"linear{i}.bias"))
                .TakeWhile(bias => bias is not null)
                .ToArray();
            return dense && biases.Length >= 1 && tensors.Count == 2 * biases.Length && places.Count != tensors.Count
                ? $"; the file belongs to model.hidden=[{string.Join(", ", biases.SkipLast(1).Select(bias => bias!.numel()))}]"
                : null;
        }
    }

    private static (IReadOnlyDictionary<string, Tensor> Tensors, string Checksum) Contents(string path)
    {
        if (Directory.Exists(path)) throw new ExperimentException($"{path}: is a folder; model.parameters must name a safetensors file");
        if (!File.Exists(path)) throw new ExperimentException($"{path}: no such file; model.parameters must name a safetensors file");
        try
        {
            return (Safetensors.Read(path).Tensors, FileChecksum.Of(path));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException(e.Message, e);
        }
    }

    /// <summary>Returns whether the weights of a dense network have the inputs first: every matrix fits so, and at least one
    /// fits only so. Square matrices follow the others.</summary>
    private static bool AreInputsFirst(IReadOnlyDictionary<string, Parameter> places, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var matrices = places.Where(place => place.Value.Shape.Count == 2)
            .Select(place => (place.Value.Shape, Tensor: tensors[place.Key]))
            .ToArray();
        return matrices.All(one => one.Tensor.shape.Reverse().SequenceEqual(one.Shape))
            && matrices.Any(one => !one.Tensor.shape.SequenceEqual(one.Shape));
    }

    /// <summary>Returns one parameter, checked, flat, in float64.</summary>
    private static Tensor Checked(Tensor tensor, Parameter parameter, bool inputsFirst, string where)
    {
        var turned = inputsFirst && parameter.Shape.Count == 2 && tensor.dim() == 2 ? tensor.t() : tensor;
        if (!turned.shape.SequenceEqual(parameter.Shape))
        {
            throw new ExperimentException(
                $"{where}: shape {Shape(tensor.shape)}; the model needs {Shape(inputsFirst ? parameter.Shape.Reverse() : parameter.Shape)}:"
                    + " the sizes of the model and the features and classes of the data must match the file");
        }
        if (!tensor.is_floating_point())
            throw new ExperimentException($"{where}: type {tensor.dtype}; parameters must be floating-point numbers");
        var values = turned.to(ScalarType.Float64).contiguous().view(-1);
        var finite = values.isfinite();
        if (finite.all().ToBoolean()) return values;
        var place = finite.logical_not().nonzero()[0, 0].ToInt64();
        throw new ExperimentException($"{where}: contains {values[place].ToDouble()}; every value must be finite");
    }

    private static string Shape(IEnumerable<long> sizes) => $"[{string.Join(',', sizes)}]";
}
