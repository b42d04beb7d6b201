using System.Globalization;

namespace Brink.Algebra;

/// <summary>The named contents of a state: tensors, numbers and words. A state restored from a snapshot continues as the saved
/// one would, bit for bit.</summary>
/// <remarks>A snapshot owns nothing: its tensors belong to the saved state, or to the file that was read, and live as long as
/// their owner.</remarks>
public sealed class Snapshot
{
    private const string Transposed = "^T";

    private readonly string _prefix;
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly Dictionary<string, string> _words;

    /// <summary>Creates an empty snapshot.</summary>
    public Snapshot()
        : this("", new(StringComparer.Ordinal), new(StringComparer.Ordinal))
    {
    }

    /// <summary>Creates a snapshot from the contents of another one.</summary>
    /// <param name="tensors">Tensors, as in <see cref="Tensors"/>; the snapshot does not own them.</param>
    /// <param name="words">Numbers and words, as in <see cref="Words"/>.</param>
    public Snapshot(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> words)
        : this("", new(tensors, StringComparer.Ordinal), new(words, StringComparer.Ordinal))
    {
    }

    private Snapshot(string prefix, Dictionary<string, Tensor> tensors, Dictionary<string, string> words) =>
        (_prefix, _tensors, _words) = (prefix, tensors, words);

    /// <summary>All tensors, including those of parts.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>All numbers and words, including those of parts.</summary>
    public IReadOnlyDictionary<string, string> Words => _words;

    /// <summary>A part of the state, with names of its own.</summary>
    public Snapshot Part(string name) => new($"{_prefix}{name}.", _tensors, _words);

    /// <summary>Adds a tensor, which the snapshot does not own.</summary>
    /// <exception cref="ArgumentException">The elements are stored neither row by row nor column by column: a product with the
    /// restored tensor could differ in its last bits.</exception>
    public void Set(string name, Tensor value)
    {
        var isTransposed = !value.is_contiguous();
        if (isTransposed && !(value.dim() == 2 && value.t().is_contiguous()))
            throw new ArgumentException($"{_prefix}{name}: the tensor is not contiguous; save a contiguous copy", nameof(value));
        _tensors.Add(_prefix + name + (isTransposed ? Transposed : ""), isTransposed ? value.t() : value);
    }

    /// <summary>Adds a word.</summary>
    /// <exception cref="ArgumentException">A word or number of this name exists.</exception>
    public void Set(string name, string value) => _words.Add(_prefix + name, value);

    /// <summary>Adds a number, which <see cref="Number"/> reads without rounding.</summary>
    /// <exception cref="ArgumentException">A word or number of this name exists.</exception>
    public void Set(string name, double value) => Set(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Adds an integer.</summary>
    /// <exception cref="ArgumentException">A word or number of this name exists.</exception>
    public void Set(string name, long value) => Set(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds a list of numbers, which <see cref="Numbers"/> reads without rounding.</summary>
    /// <exception cref="ArgumentException">A word or number of this name exists.</exception>
    public void Set(string name, IEnumerable<double> values) =>
        Set(name, string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));

    /// <summary>Returns true if there is a tensor, number or word of this name.</summary>
    public bool Has(string name) =>
        _words.ContainsKey(_prefix + name) || _tensors.ContainsKey(_prefix + name) || _tensors.ContainsKey(_prefix + name + Transposed);

    /// <summary>Returns a copy that the caller owns.</summary>
    public Tensor Tensor(string name)
    {
        if (_tensors.TryGetValue(_prefix + name, out var tensor)) return tensor.clone().DetachFromDisposeScope();
        using var scope = NewDisposeScope();
        return scope.Detach(_tensors[_prefix + name + Transposed].clone().t());
    }

    /// <summary>Returns the word of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such word.</exception>
    public string Word(string name) => _words[_prefix + name];

    /// <summary>Returns the number of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such number.</exception>
    public double Number(string name) => double.Parse(Word(name), CultureInfo.InvariantCulture);

    /// <summary>Returns the integer of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such integer.</exception>
    public long Whole(string name) => long.Parse(Word(name), CultureInfo.InvariantCulture);

    /// <summary>Returns the list of numbers of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such list.</exception>
    public double[] Numbers(string name) =>
        [.. Word(name).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
}
