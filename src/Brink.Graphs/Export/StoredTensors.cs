namespace Brink.Graphs.Export;

/// <summary>Reads the tensors of an archive.</summary>
/// <remarks>Several names of one view of one storage are tied: they become one constant, under the first name in the signature.
/// Views that share memory and differ stay separate. Each such fact becomes a remark.</remarks>
internal sealed class StoredTensors
{
    private readonly ProgramArchive _archive;
    private readonly string _path;
    private readonly Dictionary<string, Field> _weights, _constants;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _storages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GraphConstant> _byView = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(StorageView View, string Title)>> _views = new(StringComparer.Ordinal);

    /// <param name="archive">The archive.</param>
    /// <param name="path">Path of the file, for messages.</param>
    /// <param name="weights">Configuration of parameters and persistent buffers.</param>
    /// <param name="constants">Configuration of other buffers and constants.</param>
    public StoredTensors(ProgramArchive archive, string path, Field weights, Field constants)
    {
        (_archive, _path) = (archive, path);
        (_weights, _constants) = (ByTitle(weights), ByTitle(constants));
    }

    private readonly List<string> _ties = [];

    /// <summary>Facts about the tensors read that a user should know.</summary>
    public IEnumerable<string> Remarks => [.. _ties, .. _views.Values.SelectMany(Shared)];

    /// <summary>Reads a tensor, or returns the constant that it is tied to.</summary>
    /// <exception cref="GraphException">It is missing or damaged, or is stored in a way that is not supported.</exception>
    public GraphConstant Read(StoredTensor tensor)
    {
        var configuration = tensor.Folder == StoredTensor.Weights ? _weights : _constants;
        if (!configuration.TryGetValue(tensor.Title, out var payload))
            throw new GraphException($"{_path}: {tensor.Words}: {tensor.Folder} does not hold it; the file is damaged, save it again");
        payload = payload.At($"{_path}: {tensor.Words}");
        if (payload["use_pickle"].Truth)
            throw payload.Wrong("the tensor is pickled, as subclasses of Tensor are; convert it to a plain tensor before the export");
        var view = StorageView.Of(payload["tensor_meta"]);
        CheckShape(tensor, view);
        var storage = $"{tensor.Folder}{payload["path_name"].Text}";
        var key = $"{tensor.Role} {view.Key} {storage}";
        if (view.Count > 0 && _byView.TryGetValue(key, out var first))
        {
            var title = Quoted.OneLine(first.Title);
            _ties.Add($"{title} and {Quoted.OneLine(tensor.Title)} are one tensor (tied); its name is {title}.");
            return first;
        }
        var data = new TensorData(view.Type, view.Sizes, Elements(view, storage, payload));
        var constant = new GraphConstant(tensor.Name, tensor.Title, tensor.Role, data);
        _byView[key] = constant;
        if (view.Count > 0)
        {
            if (!_views.TryGetValue(storage, out var views)) _views[storage] = views = [];
            views.Add((view, tensor.Title));
        }
        return constant;
    }

    private static Dictionary<string, Field> ByTitle(Field configuration)
    {
        var byTitle = new Dictionary<string, Field>(StringComparer.Ordinal);
        foreach (var (title, payload) in configuration["config"].Members) byTitle[title] = payload;
        return byTitle;
    }

    private static void CheckShape(StoredTensor tensor, StorageView view)
    {
        var sizes = tensor.Value["sizes"].Items;
        var equal = sizes.Count == view.Sizes.Count && sizes.Zip(view.Sizes).All(
            pair => pair.First.Union is ("as_int", var size) && size.Integer == pair.Second);
        if (!equal || Enumerations.ElementTypeOf(tensor.Value["dtype"]) != view.Type)
            throw tensor.Value.Wrong("the stored tensor has another type or shape than in the graph; the file is damaged, save it again");
    }

    private ReadOnlyMemory<byte> Elements(StorageView view, string storage, Field payload)
    {
        if (view.Count == 0) return default;
        if (!_storages.TryGetValue(storage, out var bytes)) _storages[storage] = bytes = _archive.Bytes(storage);
        if (bytes.Length == 0) throw payload.Wrong("the file holds no values of the tensor; save the program with its weights");
        if (view.End > bytes.Length / view.Type.Size())
        {
            throw payload.Wrong(
                $"needs {view.End:N0} elements and {Quoted.Of(storage)} has {bytes.Length:N0} bytes; the file is damaged, save it again");
        }
        return view.Of(bytes, size => _archive.Claim(size, payload.Place[(_path.Length + 2)..]));
    }

    private static IEnumerable<string> Shared(List<(StorageView View, string Title)> views)
    {
        var (end, widest) = (-1L, "");
        foreach (var (view, title) in views.OrderBy(one => one.View.Offset * one.View.Type.Size()))
        {
            if (view.Offset * view.Type.Size() < end)
                yield return $"{widest} and {Quoted.OneLine(title)} share memory in the model and are separate tensors here.";
            if (view.End * view.Type.Size() > end) (end, widest) = (view.End * view.Type.Size(), Quoted.OneLine(title));
        }
    }
}
