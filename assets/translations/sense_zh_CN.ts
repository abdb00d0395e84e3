<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Sense Workstation</source>
        <translation>关于 Sense Workstation</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>This program is not a certified medical device. It is meant for research, teaching and development. Do not use it for diagnosis or treatment.</source>
        <translation>本程序不是经认证的医疗器械，仅供科研、教学和开发使用。请勿用于诊断或治疗。</translation>
    </message>
    <message>
        <source>Made with these components, under their own licences:</source>
        <translation>本程序使用以下组件，各组件遵循其自身的许可证：</translation>
    </message>
    <message>
        <source>Component</source>
        <translation>组件</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
</context>
<context>
    <name>AddressDialog</name>
    <message>
        <source>Add model from an address</source>
        <translation>从地址添加模型</translation>
    </message>
    <message>
        <source>An ONNX file whose card lies beside it as NAME.card.json, or the package of a pack, is downloaded from this address now.</source>
        <translation>将立即从此地址下载一个 ONNX 文件（其卡片 NAME.card.json 在旁边）或模型包的安装文件。</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>What the file must have, if you know it</source>
        <translation>文件应有的摘要（如已知）</translation>
    </message>
    <message>
        <source>Download and add</source>
        <translation>下载并添加</translation>
    </message>
</context>
<context>
    <name>AnnotationExchange</name>
    <message>
        <source>Save measurements</source>
        <translation>保存测量</translation>
    </message>
    <message>
        <source>Table (*.tsv)</source>
        <translation>表格 (*.tsv)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Structured report (*.dcm)</source>
        <translation>结构化报告 (*.dcm)</translation>
    </message>
    <message>
        <source>Presentation state (*.dcm)</source>
        <translation>显示状态 (*.dcm)</translation>
    </message>
</context>
<context>
    <name>AnnotationsPanel</name>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>转到</translation>
    </message>
    <message>
        <source>Text…</source>
        <translation>文字…</translation>
    </message>
    <message>
        <source>Change colour…</source>
        <translation>更改颜色…</translation>
    </message>
    <message>
        <source>Calibrate by this length…</source>
        <translation>按此长度校准…</translation>
    </message>
    <message>
        <source>Calibration of the file</source>
        <translation>文件的校准</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>True length (mm)</source>
        <translation>实际长度 (mm)</translation>
    </message>
    <message>
        <source>Measurements</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Measurement</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Add measurements to the study, as report and presentation state</source>
        <translation>将测量作为报告和显示状态加入检查</translation>
    </message>
    <message>
        <source>Save measurements…</source>
        <translation>保存测量…</translation>
    </message>
    <message>
        <source>Copy measurements</source>
        <translation>复制测量结果</translation>
    </message>
    <message>
        <source>Delete measurement</source>
        <translation>删除测量</translation>
    </message>
    <message>
        <source>What you measure and annotate stands here. Choose a tool at the ruler in the tool bar.</source>
        <translation>您的测量和标注列在这里。请在工具栏的尺子处选择工具。</translation>
    </message>
</context>
<context>
    <name>BoxCanvas</name>
    <message>
        <source>Picture with the boxes that will be blanked</source>
        <translation>带有将被涂黑方框的图片</translation>
    </message>
</context>
<context>
    <name>CapturePage</name>
    <message>
        <source>Opening {name}…</source>
        <translation>正在打开 {name}…</translation>
    </message>
    <message>
        <source>Open film or picture</source>
        <translation>打开视频或图片</translation>
    </message>
    <message>
        <source>Films and pictures</source>
        <translation>视频和图片</translation>
    </message>
    <message>
        <source>Open folder of pictures</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>Record to</source>
        <translation>录制到</translation>
    </message>
    <message>
        <source>Captured motion</source>
        <translation>捕捉的动作</translation>
    </message>
    <message>
        <source>Keep your face at rest and look into the camera…</source>
        <translation>请保持面部放松并注视摄像头…</translation>
    </message>
    <message>
        <source>The face at rest was forgotten.</source>
        <translation>已清除面部放松状态的校准。</translation>
    </message>
    <message>
        <source>{work:.0f} ms a picture</source>
        <translation>每幅 {work:.0f} 毫秒</translation>
    </message>
    <message>
        <source>{rate:.0f} pictures a second</source>
        <translation>每秒 {rate:.0f} 幅</translation>
    </message>
    <message>
        <source>broken pictures: {count}</source>
        <translation>损坏的画面：{count}</translation>
    </message>
    <message>
        <source>recorded: {count}</source>
        <translation>已录制：{count}</translation>
    </message>
    <message>
        <source>Too little of a face was seen to calibrate.</source>
        <translation>看到的面部太少，无法校准。</translation>
    </message>
    <message>
        <source>Nothing was recorded.</source>
        <translation>没有录制任何内容。</translation>
    </message>
    <message>
        <source>Recorded to {name}. Pictures: {count}</source>
        <translation>已录制到 {name}。画面数：{count}</translation>
    </message>
    <message>
        <source>End recording</source>
        <translation>结束录制</translation>
    </message>
    <message>
        <source>Record…</source>
        <translation>录制…</translation>
    </message>
    <message>
        <source>camera {number}</source>
        <translation>摄像头 {number}</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>Which camera: 0 is the first</source>
        <translation>选择摄像头：0 是第一个</translation>
    </message>
    <message>
        <source>Which camera</source>
        <translation>选择摄像头</translation>
    </message>
    <message>
        <source>Open film or picture…</source>
        <translation>打开视频或图片…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Take your face at rest as no expression</source>
        <translation>将您放松时的面部作为无表情状态</translation>
    </message>
    <message>
        <source>Forget calibration</source>
        <translation>清除校准</translation>
    </message>
    <message>
        <source>Face</source>
        <translation>面部</translation>
    </message>
    <message>
        <source>Hands</source>
        <translation>手部</translation>
    </message>
    <message>
        <source>Body</source>
        <translation>身体</translation>
    </message>
    <message>
        <source>Person mask</source>
        <translation>人物蒙版</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>网格</translation>
    </message>
</context>
<context>
    <name>CardView</name>
    <message>
        <source>{name}, not in use</source>
        <translation>{name}，未使用</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>设备类型</translation>
    </message>
    <message>
        <source>Body part</source>
        <translation>检查部位</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>局限</translation>
    </message>
    <message>
        <source>Speed on this computer</source>
        <translation>在此计算机上的速度</translation>
    </message>
    <message>
        <source>Used in</source>
        <translation>用于</translation>
    </message>
    <message>
        <source>How it was measured</source>
        <translation>性能测量方式</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Pack</source>
        <translation>模型包</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Not all models of this pack are here in its version {version}.</source>
        <translation>此模型包版本 {version} 的模型尚未全部添加。</translation>
    </message>
    <message>
        <source>This pack is in the store.</source>
        <translation>此模型包已在模型库中。</translation>
    </message>
    <message>
        <source>This pack came with the program but has not been added yet; nothing is downloaded.</source>
        <translation>此模型包随程序提供，但尚未添加；不会下载任何内容。</translation>
    </message>
    <message>
        <source>This pack has not been added. Nothing is downloaded until you ask for it; without a connection, add it from a folder that holds {files}.</source>
        <translation>此模型包尚未添加。在您要求之前不会下载任何内容；没有网络连接时，可从含有 {files} 的文件夹添加。</translation>
    </message>
    <message>
        <source>Holds</source>
        <translation>包含</translation>
    </message>
    <message>
        <source>It cannot be used. Remove it and add it again.</source>
        <translation>无法使用。请移除后重新添加。</translation>
    </message>
    <message>
        <source>Models that you brought, trained or got from your organisation&apos;s server. Add an ONNX file with its card, NAME.card.json, beside it; or drop it here. Such models run in a process of their own.</source>
        <translation>您带来、训练或从所在机构的服务器取得的模型。请添加 ONNX 文件，其卡片 NAME.card.json 放在旁边；也可以拖到此处。这类模型在单独的进程中运行。</translation>
    </message>
    <message>
        <source>Your own models</source>
        <translation>您自己的模型</translation>
    </message>
    <message>
        <source>Runs on: {provider}</source>
        <translation>运行于：{provider}</translation>
    </message>
    <message>
        <source>Not measured yet.</source>
        <translation>尚未测量。</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行于</translation>
    </message>
    <message>
        <source>A run</source>
        <translation>一次运行</translation>
    </message>
    <message>
        <source>Slowest</source>
        <translation>最慢</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Differs from the CPU</source>
        <translation>与 CPU 的差异</translation>
    </message>
    <message>
        <source>Nowhere yet; run it with: sense models run</source>
        <translation>尚无；可用命令运行：sense models run</translation>
    </message>
    <message>
        <source>The card does not say.</source>
        <translation>卡片未说明。</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>On</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Labels: {count}</source>
        <translation>标签：{count}</translation>
    </message>
</context>
<context>
    <name>ClipMenu</name>
    <message>
        <source>Cut open from here</source>
        <translation>从当前视角剖开</translation>
    </message>
    <message>
        <source>Cut coronally</source>
        <translation>冠状面剖切</translation>
    </message>
    <message>
        <source>Cut sagittally</source>
        <translation>矢状面剖切</translation>
    </message>
    <message>
        <source>Cut axially</source>
        <translation>横断面剖切</translation>
    </message>
    <message>
        <source>Handles</source>
        <translation>手柄</translation>
    </message>
    <message>
        <source>Flip</source>
        <translation>翻转</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove all</source>
        <translation>全部移除</translation>
    </message>
</context>
<context>
    <name>ClosingQuestion</name>
    <message>
        <source>Jobs are running</source>
        <translation>有任务正在运行</translation>
    </message>
    <message>
        <source>Jobs still running: {count}. Quit when they are done?</source>
        <translation>仍有 {count} 个任务在运行。要在任务完成后退出吗？</translation>
    </message>
    <message>
        <source>Quit when done</source>
        <translation>完成后退出</translation>
    </message>
    <message>
        <source>Cancel jobs and quit</source>
        <translation>取消任务并退出</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>继续工作</translation>
    </message>
</context>
<context>
    <name>Command</name>
    <message>
        <source>Start</source>
        <translation>起始页</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Open the window</source>
        <translation>打开窗口</translation>
    </message>
    <message>
        <source>Check this machine</source>
        <translation>检查本机环境</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>审计跟踪</translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Import archive…</source>
        <translation>导入压缩包…</translation>
    </message>
    <message>
        <source>Open the phantom study</source>
        <translation>打开体模检查</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Move to the other screen</source>
        <translation>移到另一块屏幕</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>深色主题</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>浅色主题</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>Crash reports…</source>
        <translation>崩溃报告…</translation>
    </message>
    <message>
        <source>About Sense Workstation…</source>
        <translation>关于 Sense Workstation…</translation>
    </message>
    <message>
        <source>Import files</source>
        <translation>导入文件</translation>
    </message>
    <message>
        <source>Export series</source>
        <translation>导出序列</translation>
    </message>
    <message>
        <source>De-identify files</source>
        <translation>文件去标识化</translation>
    </message>
    <message>
        <source>Series details</source>
        <translation>序列详细信息</translation>
    </message>
    <message>
        <source>PACS…</source>
        <translation>PACS…</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>纸张</translation>
    </message>
    <message>
        <source>Save view as picture…</source>
        <translation>将视图另存为图片…</translation>
    </message>
    <message>
        <source>Save picture without texts…</source>
        <translation>保存不含文字的图片…</translation>
    </message>
    <message>
        <source>Copy view</source>
        <translation>复制视图</translation>
    </message>
    <message>
        <source>Copy picture without texts</source>
        <translation>复制不含文字的图片</translation>
    </message>
    <message>
        <source>Abdomen window</source>
        <translation>腹窗</translation>
    </message>
    <message>
        <source>Lung window</source>
        <translation>肺窗</translation>
    </message>
    <message>
        <source>Bone window</source>
        <translation>骨窗</translation>
    </message>
    <message>
        <source>Brain window</source>
        <translation>脑窗</translation>
    </message>
    <message>
        <source>Soft tissue window</source>
        <translation>软组织窗</translation>
    </message>
    <message>
        <source>Mediastinum window</source>
        <translation>纵隔窗</translation>
    </message>
    <message>
        <source>Angiography window</source>
        <translation>血管造影窗</translation>
    </message>
    <message>
        <source>Liver window</source>
        <translation>肝窗</translation>
    </message>
    <message>
        <source>Stroke window</source>
        <translation>卒中窗</translation>
    </message>
    <message>
        <source>SUV 0 to 5 window</source>
        <translation>SUV 0–5 窗</translation>
    </message>
    <message>
        <source>SUV 0 to 7 window</source>
        <translation>SUV 0–7 窗</translation>
    </message>
    <message>
        <source>SUV 0 to 10 window</source>
        <translation>SUV 0–10 窗</translation>
    </message>
    <message>
        <source>SUV 0 to 20 window</source>
        <translation>SUV 0–20 窗</translation>
    </message>
    <message>
        <source>Window from file</source>
        <translation>文件自带窗宽/窗位</translation>
    </message>
    <message>
        <source>Automatic window</source>
        <translation>自动窗宽/窗位</translation>
    </message>
    <message>
        <source>Automatic window, more contrast</source>
        <translation>自动窗宽/窗位（高对比度）</translation>
    </message>
    <message>
        <source>Full range window</source>
        <translation>全范围窗宽/窗位</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>反相</translation>
    </message>
    <message>
        <source>SUV by body weight</source>
        <translation>按体重的 SUV</translation>
    </message>
    <message>
        <source>SUV by lean body mass</source>
        <translation>按瘦体重的 SUV</translation>
    </message>
    <message>
        <source>SUV by body surface</source>
        <translation>按体表面积的 SUV</translation>
    </message>
    <message>
        <source>Stored values</source>
        <translation>存储值</translation>
    </message>
    <message>
        <source>Mean of the slab</source>
        <translation>平均密度</translation>
    </message>
    <message>
        <source>Maximum intensity (MIP)</source>
        <translation>最大密度投影 (MIP)</translation>
    </message>
    <message>
        <source>Minimum intensity (MinIP)</source>
        <translation>最小密度投影 (MinIP)</translation>
    </message>
    <message>
        <source>Thicker slab</source>
        <translation>增加层厚</translation>
    </message>
    <message>
        <source>Thinner slab</source>
        <translation>减小层厚</translation>
    </message>
    <message>
        <source>Thin slices</source>
        <translation>薄层</translation>
    </message>
    <message>
        <source>Smooth pixels (linear)</source>
        <translation>平滑像素（线性插值）</translation>
    </message>
    <message>
        <source>Stored pixels (nearest)</source>
        <translation>原始像素（最近邻）</translation>
    </message>
    <message>
        <source>Next slice</source>
        <translation>下一层</translation>
    </message>
    <message>
        <source>Previous slice</source>
        <translation>上一层</translation>
    </message>
    <message>
        <source>Ten slices on</source>
        <translation>前进十层</translation>
    </message>
    <message>
        <source>Ten slices back</source>
        <translation>后退十层</translation>
    </message>
    <message>
        <source>First slice</source>
        <translation>第一层</translation>
    </message>
    <message>
        <source>Last slice</source>
        <translation>最后一层</translation>
    </message>
    <message>
        <source>Play slices</source>
        <translation>电影播放</translation>
    </message>
    <message>
        <source>Play back and forth</source>
        <translation>往返播放</translation>
    </message>
    <message>
        <source>Play faster</source>
        <translation>加快播放</translation>
    </message>
    <message>
        <source>Play slower</source>
        <translation>减慢播放</translation>
    </message>
    <message>
        <source>Next volume</source>
        <translation>下一个容积</translation>
    </message>
    <message>
        <source>Previous volume</source>
        <translation>上一个容积</translation>
    </message>
    <message>
        <source>Play volumes</source>
        <translation>播放容积</translation>
    </message>
    <message>
        <source>One view</source>
        <translation>单视图</translation>
    </message>
    <message>
        <source>Two views</source>
        <translation>双视图</translation>
    </message>
    <message>
        <source>Three planes</source>
        <translation>三平面</translation>
    </message>
    <message>
        <source>Three planes and 3D</source>
        <translation>三平面与三维</translation>
    </message>
    <message>
        <source>One large, three small</source>
        <translation>一大三小</translation>
    </message>
    <message>
        <source>Nine successive slices</source>
        <translation>连续九层</translation>
    </message>
    <message>
        <source>Maximise view</source>
        <translation>最大化视图</translation>
    </message>
    <message>
        <source>Next view</source>
        <translation>下一个视图</translation>
    </message>
    <message>
        <source>Axial</source>
        <translation>横断面</translation>
    </message>
    <message>
        <source>Coronal</source>
        <translation>冠状面</translation>
    </message>
    <message>
        <source>Sagittal</source>
        <translation>矢状面</translation>
    </message>
    <message>
        <source>As acquired</source>
        <translation>采集平面</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Fit to view</source>
        <translation>适应视图</translation>
    </message>
    <message>
        <source>One voxel a pixel</source>
        <translation>一个体素对应一个像素</translation>
    </message>
    <message>
        <source>Turn clockwise</source>
        <translation>顺时针旋转</translation>
    </message>
    <message>
        <source>Turn anticlockwise</source>
        <translation>逆时针旋转</translation>
    </message>
    <message>
        <source>Mirror left and right</source>
        <translation>左右镜像</translation>
    </message>
    <message>
        <source>Reset views</source>
        <translation>重置视图</translation>
    </message>
    <message>
        <source>Link positions</source>
        <translation>位置联动</translation>
    </message>
    <message>
        <source>Crosshair</source>
        <translation>十字线</translation>
    </message>
    <message>
        <source>Texts on views</source>
        <translation>视图文字</translation>
    </message>
    <message>
        <source>Hide patient data</source>
        <translation>隐藏患者信息</translation>
    </message>
    <message>
        <source>Overlays</source>
        <translation>叠加显示</translation>
    </message>
    <message>
        <source>Overlays and reports</source>
        <translation>叠加与报告</translation>
    </message>
    <message>
        <source>Show segments as surfaces</source>
        <translation>将分割显示为表面</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>影像库</translation>
    </message>
    <message>
        <source>Set window</source>
        <translation>调整窗宽/窗位</translation>
    </message>
    <message>
        <source>Move crosshair</source>
        <translation>移动十字线</translation>
    </message>
    <message>
        <source>Scroll slices</source>
        <translation>翻阅层面</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Right button sets window</source>
        <translation>右键调整窗宽/窗位</translation>
    </message>
    <message>
        <source>Care</source>
        <translation>临床</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗宽/窗位</translation>
    </message>
    <message>
        <source>Values as</source>
        <translation>数值显示为</translation>
    </message>
    <message>
        <source>Slab</source>
        <translation>厚层</translation>
    </message>
    <message>
        <source>Interpolation</source>
        <translation>插值</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Plane of the active view</source>
        <translation>当前视图的平面</translation>
    </message>
    <message>
        <source>3D tools</source>
        <translation>三维工具</translation>
    </message>
    <message>
        <source>3D from the front</source>
        <translation>三维前面观</translation>
    </message>
    <message>
        <source>3D from the back</source>
        <translation>三维后面观</translation>
    </message>
    <message>
        <source>3D from the left</source>
        <translation>三维左侧观</translation>
    </message>
    <message>
        <source>3D from the right</source>
        <translation>三维右侧观</translation>
    </message>
    <message>
        <source>3D from the head</source>
        <translation>三维头侧观</translation>
    </message>
    <message>
        <source>3D from the feet</source>
        <translation>三维足侧观</translation>
    </message>
    <message>
        <source>Reset 3D view</source>
        <translation>重置三维视图</translation>
    </message>
    <message>
        <source>3D CT bone</source>
        <translation>三维 CT 骨骼</translation>
    </message>
    <message>
        <source>3D CT vessels</source>
        <translation>三维 CT 血管</translation>
    </message>
    <message>
        <source>3D CT lung</source>
        <translation>三维 CT 肺</translation>
    </message>
    <message>
        <source>3D CT skin</source>
        <translation>三维 CT 皮肤</translation>
    </message>
    <message>
        <source>3D CT muscle</source>
        <translation>三维 CT 肌肉</translation>
    </message>
    <message>
        <source>3D CT MIP</source>
        <translation>三维 CT MIP</translation>
    </message>
    <message>
        <source>3D MR head</source>
        <translation>三维 MR 头部</translation>
    </message>
    <message>
        <source>3D MR vessels</source>
        <translation>三维 MR 血管</translation>
    </message>
    <message>
        <source>3D MR MIP</source>
        <translation>三维 MR MIP</translation>
    </message>
    <message>
        <source>Reset 3D preset</source>
        <translation>重置三维预设</translation>
    </message>
    <message>
        <source>3D volume rendering</source>
        <translation>三维容积再现 (VR)</translation>
    </message>
    <message>
        <source>3D maximum intensity projection</source>
        <translation>三维最大密度投影 (MIP)</translation>
    </message>
    <message>
        <source>3D minimum intensity projection</source>
        <translation>三维最小密度投影 (MinIP)</translation>
    </message>
    <message>
        <source>3D mean projection</source>
        <translation>三维平均密度投影</translation>
    </message>
    <message>
        <source>3D isosurface</source>
        <translation>三维等值面</translation>
    </message>
    <message>
        <source>3D on black</source>
        <translation>三维黑色背景</translation>
    </message>
    <message>
        <source>3D on a blue gradient</source>
        <translation>三维蓝色渐变背景</translation>
    </message>
    <message>
        <source>3D on white</source>
        <translation>三维白色背景</translation>
    </message>
    <message>
        <source>Cut 3D open from here</source>
        <translation>从当前视角剖开三维图像</translation>
    </message>
    <message>
        <source>Cut 3D coronally</source>
        <translation>三维冠状面剖切</translation>
    </message>
    <message>
        <source>Cut 3D sagittally</source>
        <translation>三维矢状面剖切</translation>
    </message>
    <message>
        <source>Cut 3D axially</source>
        <translation>三维横断面剖切</translation>
    </message>
    <message>
        <source>3D clip plane handles</source>
        <translation>三维剖切面手柄</translation>
    </message>
    <message>
        <source>Flip 3D clip plane</source>
        <translation>翻转三维剖切面</translation>
    </message>
    <message>
        <source>Remove 3D clip plane</source>
        <translation>移除三维剖切面</translation>
    </message>
    <message>
        <source>Remove all 3D clip planes</source>
        <translation>移除所有三维剖切面</translation>
    </message>
    <message>
        <source>3D crop box</source>
        <translation>三维裁剪框</translation>
    </message>
    <message>
        <source>Reset 3D crop box</source>
        <translation>重置三维裁剪框</translation>
    </message>
    <message>
        <source>Fuse 3D with…</source>
        <translation>三维融合…</translation>
    </message>
    <message>
        <source>Remove 3D fusion</source>
        <translation>移除三维融合</translation>
    </message>
    <message>
        <source>Add surfaces to 3D…</source>
        <translation>向三维添加表面…</translation>
    </message>
    <message>
        <source>Remove surfaces from 3D</source>
        <translation>从三维移除表面</translation>
    </message>
    <message>
        <source>Save 3D picture…</source>
        <translation>保存三维图片…</translation>
    </message>
    <message>
        <source>Save 3D turntable…</source>
        <translation>保存三维旋转影片…</translation>
    </message>
    <message>
        <source>Reset 3D look</source>
        <translation>重置三维外观</translation>
    </message>
    <message>
        <source>3D shading</source>
        <translation>三维光照</translation>
    </message>
    <message>
        <source>Turn 3D by itself</source>
        <translation>三维自动旋转</translation>
    </message>
    <message>
        <source>Edit transfer function…</source>
        <translation>编辑传递函数…</translation>
    </message>
    <message>
        <source>Rotate 3D</source>
        <translation>旋转三维</translation>
    </message>
    <message>
        <source>Move 3D</source>
        <translation>平移三维</translation>
    </message>
    <message>
        <source>Zoom 3D</source>
        <translation>缩放三维</translation>
    </message>
    <message>
        <source>Shift 3D colours and opacity</source>
        <translation>移动三维颜色和不透明度</translation>
    </message>
    <message>
        <source>Test PACS</source>
        <translation>测试 PACS</translation>
    </message>
    <message>
        <source>Search PACS</source>
        <translation>检索 PACS</translation>
    </message>
    <message>
        <source>Get study from PACS</source>
        <translation>从 PACS 获取检查</translation>
    </message>
    <message>
        <source>Send series to PACS</source>
        <translation>发送序列到 PACS</translation>
    </message>
    <message>
        <source>Send queue</source>
        <translation>发送队列</translation>
    </message>
    <message>
        <source>Receive from PACS</source>
        <translation>从 PACS 接收</translation>
    </message>
    <message>
        <source>Add PACS</source>
        <translation>添加 PACS</translation>
    </message>
    <message>
        <source>List PACS</source>
        <translation>列出 PACS</translation>
    </message>
    <message>
        <source>Remove PACS</source>
        <translation>删除 PACS</translation>
    </message>
    <message>
        <source>Next key image</source>
        <translation>下一幅关键图像</translation>
    </message>
    <message>
        <source>Previous key image</source>
        <translation>上一幅关键图像</translation>
    </message>
    <message>
        <source>Scroll key images only</source>
        <translation>仅滚动关键图像</translation>
    </message>
    <message>
        <source>Find text in pictures</source>
        <translation>查找图片中的文字</translation>
    </message>
    <message>
        <source>De-identify…</source>
        <translation>去标识化…</translation>
    </message>
    <message>
        <source>Convert segments…</source>
        <translation>转换分割…</translation>
    </message>
    <message>
        <source>Measure segments…</source>
        <translation>测量分割…</translation>
    </message>
    <message>
        <source>File or series UID</source>
        <translation>文件或序列 UID</translation>
    </message>
    <message>
        <source>New file</source>
        <translation>新文件</translation>
    </message>
    <message>
        <source>Series UID or folder of the images</source>
        <translation>图像的序列 UID 或文件夹</translation>
    </message>
    <message>
        <source>Kind of DICOM object</source>
        <translation>DICOM 对象种类</translation>
    </message>
    <message>
        <source>Replace an existing file</source>
        <translation>替换现有文件</translation>
    </message>
    <message>
        <source>Volume file or series UID</source>
        <translation>容积文件或序列 UID</translation>
    </message>
    <message>
        <source>File of the segments</source>
        <translation>分割文件</translation>
    </message>
    <message>
        <source>Part of the series</source>
        <translation>序列的部分</translation>
    </message>
    <message>
        <source>Render a picture</source>
        <translation>绘制图片</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Turn and mirror</source>
        <translation>旋转与镜像</translation>
    </message>
    <message>
        <source>3D view</source>
        <translation>三维视图</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Clip planes</source>
        <translation>剖切面</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Look from</source>
        <translation>观察方向</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Add model file…</source>
        <translation>添加模型文件…</translation>
    </message>
    <message>
        <source>Add model from address…</source>
        <translation>从地址添加模型…</translation>
    </message>
    <message>
        <source>Updates from the model server…</source>
        <translation>来自模型服务器的更新…</translation>
    </message>
    <message>
        <source>Verify all models</source>
        <translation>校验所有模型</translation>
    </message>
    <message>
        <source>Measure the model&apos;s speed</source>
        <translation>测量该模型的速度</translation>
    </message>
    <message>
        <source>List models</source>
        <translation>列出模型</translation>
    </message>
    <message>
        <source>Add model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Remove model</source>
        <translation>移除模型</translation>
    </message>
    <message>
        <source>Go back to the version before</source>
        <translation>退回上一版本</translation>
    </message>
    <message>
        <source>Verify models</source>
        <translation>校验模型</translation>
    </message>
    <message>
        <source>Trust a model server</source>
        <translation>信任模型服务器</translation>
    </message>
    <message>
        <source>Update models</source>
        <translation>更新模型</translation>
    </message>
    <message>
        <source>Run model</source>
        <translation>运行模型</translation>
    </message>
    <message>
        <source>Make a smaller variant of a model</source>
        <translation>制作模型的较小变体</translation>
    </message>
    <message>
        <source>Measure the speed of a model</source>
        <translation>测量模型的速度</translation>
    </message>
    <message>
        <source>Capture</source>
        <translation>捕捉</translation>
    </message>
    <message>
        <source>Start the camera</source>
        <translation>启动摄像头</translation>
    </message>
    <message>
        <source>Capture a film or picture…</source>
        <translation>捕捉视频或图片…</translation>
    </message>
    <message>
        <source>Capture a folder of pictures…</source>
        <translation>捕捉图片文件夹…</translation>
    </message>
    <message>
        <source>Stop capturing</source>
        <translation>停止捕捉</translation>
    </message>
    <message>
        <source>Record the capture</source>
        <translation>录制捕捉</translation>
    </message>
    <message>
        <source>Calibrate the face at rest</source>
        <translation>校准放松的面部</translation>
    </message>
    <message>
        <source>Get the networks for capture</source>
        <translation>获取用于捕捉的网络</translation>
    </message>
    <message>
        <source>Capture a person</source>
        <translation>捕捉人物</translation>
    </message>
    <message>
        <source>Capturing faces: landmarks, expression, head and gaze</source>
        <translation>捕捉面部：特征点、表情、头部和视线</translation>
    </message>
    <message>
        <source>Reading the text of pages (sense models run)</source>
        <translation>识别页面文字 (sense models run)</translation>
    </message>
    <message>
        <source>Comparing the meaning of lines of text (sense models run)</source>
        <translation>比较文本行的含义 (sense models run)</translation>
    </message>
    <message>
        <source>Putting speech into words (sense models run)</source>
        <translation>将语音转换为文字 (sense models run)</translation>
    </message>
    <message>
        <source>Finding where somebody speaks (sense models run)</source>
        <translation>查找有人说话的时段 (sense models run)</translation>
    </message>
    <message>
        <source>Telling whether a speaker has finished (sense models run)</source>
        <translation>判断说话者是否已说完 (sense models run)</translation>
    </message>
    <message>
        <source>Saying text aloud (sense models run)</source>
        <translation>朗读文本 (sense models run)</translation>
    </message>
    <message>
        <source>Finding the same points in several photographs (sense models run)</source>
        <translation>在多张照片中查找相同的点 (sense models run)</translation>
    </message>
    <message>
        <source>Finding everyday things in photographs (sense models run)</source>
        <translation>在照片中查找日常物品 (sense models run)</translation>
    </message>
    <message>
        <source>Finding the brain in MR images of the head (sense models run)</source>
        <translation>在头部 MR 图像中查找脑部 (sense models run)</translation>
    </message>
    <message>
        <source>Labelling volumes and pictures (sense models run)</source>
        <translation>标记体数据和图片 (sense models run)</translation>
    </message>
    <message>
        <source>Telling the class of pictures and series (sense models run)</source>
        <translation>判断图片和序列的类别 (sense models run)</translation>
    </message>
    <message>
        <source>Capturing hands</source>
        <translation>捕捉手部</translation>
    </message>
    <message>
        <source>Capturing bodies</source>
        <translation>捕捉身体</translation>
    </message>
    <message>
        <source>Separating a person from the background</source>
        <translation>将人物与背景分离</translation>
    </message>
    <message>
        <source>Train model</source>
        <translation>训练模型</translation>
    </message>
    <message>
        <source>Train model…</source>
        <translation>训练模型…</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>显示模型</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Reconstruct</source>
        <translation>重建</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Reconstruction</source>
        <translation>三维重建</translation>
    </message>
    <message>
        <source>Live tracking</source>
        <translation>实时跟踪</translation>
    </message>
    <message>
        <source>Reconstruct from a folder…</source>
        <translation>从文件夹重建…</translation>
    </message>
    <message>
        <source>Reconstruct from photographs or a film…</source>
        <translation>从照片或影片重建…</translation>
    </message>
    <message>
        <source>Start or resume</source>
        <translation>开始或继续</translation>
    </message>
    <message>
        <source>Cancel the run</source>
        <translation>取消运行</translation>
    </message>
    <message>
        <source>Measure a distance</source>
        <translation>测量距离</translation>
    </message>
    <message>
        <source>Measure an area</source>
        <translation>测量面积</translation>
    </message>
    <message>
        <source>Set the scale by a known distance</source>
        <translation>用已知距离设置尺度</translation>
    </message>
    <message>
        <source>Set the floor</source>
        <translation>设置地面</translation>
    </message>
    <message>
        <source>Crop the reconstruction</source>
        <translation>裁剪重建结果</translation>
    </message>
    <message>
        <source>Brush away</source>
        <translation>刷除</translation>
    </message>
    <message>
        <source>Compare with the photograph</source>
        <translation>与照片比较</translation>
    </message>
    <message>
        <source>Export the mesh…</source>
        <translation>导出网格…</translation>
    </message>
    <message>
        <source>Follow the camera of a film…</source>
        <translation>跟踪影片的相机…</translation>
    </message>
    <message>
        <source>Follow the camera of a recording…</source>
        <translation>跟踪录制的相机…</translation>
    </message>
    <message>
        <source>Open a map…</source>
        <translation>打开地图…</translation>
    </message>
    <message>
        <source>Close the map</source>
        <translation>关闭地图</translation>
    </message>
    <message>
        <source>Stop following the camera</source>
        <translation>停止跟踪相机</translation>
    </message>
    <message>
        <source>Save the map…</source>
        <translation>保存地图…</translation>
    </message>
    <message>
        <source>Edit a reconstruction</source>
        <translation>编辑重建结果</translation>
    </message>
    <message>
        <source>Compare trajectories…</source>
        <translation>比较轨迹…</translation>
    </message>
    <message>
        <source>Follow a moving camera</source>
        <translation>跟踪移动的相机</translation>
    </message>
    <message>
        <source>Fuse depth frames…</source>
        <translation>融合深度帧…</translation>
    </message>
    <message>
        <source>Register clouds of points…</source>
        <translation>配准点云…</translation>
    </message>
    <message>
        <source>Calibrate a camera…</source>
        <translation>标定相机…</translation>
    </message>
    <message>
        <source>Find pictures in a map…</source>
        <translation>在地图中查找图片…</translation>
    </message>
    <message>
        <source>Inspect a map…</source>
        <translation>查看地图信息…</translation>
    </message>
    <message>
        <source>Merge maps</source>
        <translation>合并地图</translation>
    </message>
    <message>
        <source>Cut a map</source>
        <translation>裁剪地图</translation>
    </message>
    <message>
        <source>Put a map on the Earth</source>
        <translation>为地图定地理位置</translation>
    </message>
    <message>
        <source>Board of markers to print…</source>
        <translation>打印用标志板…</translation>
    </message>
    <message>
        <source>Reconstruct from photographs</source>
        <translation>由照片重建</translation>
    </message>
    <message>
        <source>Cameras to keep</source>
        <translation>保留的相机</translation>
    </message>
    <message>
        <source>Lenses to keep</source>
        <translation>保留的镜头</translation>
    </message>
    <message>
        <source>Ground control points</source>
        <translation>地面控制点</translation>
    </message>
    <message>
        <source>Measured distances</source>
        <translation>实测距离</translation>
    </message>
    <message>
        <source>Folder of masks</source>
        <translation>遮罩文件夹</translation>
    </message>
    <message>
        <source>Side of markers (mm)</source>
        <translation>标记边长（毫米）</translation>
    </message>
    <message>
        <source>Random seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Cut to a box</source>
        <translation>裁剪到盒内</translation>
    </message>
    <message>
        <source>Close holes</source>
        <translation>封闭孔洞</translation>
    </message>
    <message>
        <source>Most triangles</source>
        <translation>最多三角形数</translation>
    </message>
    <message>
        <source>Coarser meshes besides</source>
        <translation>另存的粗网格数</translation>
    </message>
    <message>
        <source>Run again from</source>
        <translation>重新运行自</translation>
    </message>
    <message>
        <source>Film of the board</source>
        <translation>拍摄标定板的影片</translation>
    </message>
    <message>
        <source>Fisheye lens</source>
        <translation>鱼眼镜头</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>Folder of pictures</source>
        <translation>图片文件夹</translation>
    </message>
    <message>
        <source>The pictures follow each other</source>
        <translation>图片按顺序连续拍摄</translation>
    </message>
    <message>
        <source>Points as a file (.ply)</source>
        <translation>点云文件 (.ply)</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Long and short axis</source>
        <translation>长径和短径</translation>
    </message>
    <message>
        <source>Length across slices</source>
        <translation>跨层长度</translation>
    </message>
    <message>
        <source>Angle</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>Cobb angle</source>
        <translation>Cobb 角</translation>
    </message>
    <message>
        <source>Cardiothoracic ratio</source>
        <translation>心胸比</translation>
    </message>
    <message>
        <source>Limb alignment</source>
        <translation>下肢力线</translation>
    </message>
    <message>
        <source>Ellipse</source>
        <translation>椭圆</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>矩形</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>Freehand</source>
        <translation>手绘</translation>
    </message>
    <message>
        <source>Smooth curve</source>
        <translation>平滑曲线</translation>
    </message>
    <message>
        <source>Sphere</source>
        <translation>球体</translation>
    </message>
    <message>
        <source>Value at a point</source>
        <translation>单点数值</translation>
    </message>
    <message>
        <source>Values along a line</source>
        <translation>沿线数值</translation>
    </message>
    <message>
        <source>Arrow</source>
        <translation>箭头</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Next measurement</source>
        <translation>下一个测量</translation>
    </message>
    <message>
        <source>Previous measurement</source>
        <translation>上一个测量</translation>
    </message>
    <message>
        <source>Text of the measurement…</source>
        <translation>测量的文字…</translation>
    </message>
    <message>
        <source>Copy measurements</source>
        <translation>复制测量结果</translation>
    </message>
    <message>
        <source>Save measurements…</source>
        <translation>保存测量…</translation>
    </message>
    <message>
        <source>Add measurements to the study</source>
        <translation>将测量加入检查</translation>
    </message>
    <message>
        <source>Delete measurement</source>
        <translation>删除测量</translation>
    </message>
    <message>
        <source>Delete all measurements</source>
        <translation>删除全部测量</translation>
    </message>
    <message>
        <source>List of measurements</source>
        <translation>测量列表</translation>
    </message>
    <message>
        <source>Measurements as report</source>
        <translation>测量结果报告</translation>
    </message>
    <message>
        <source>Measure and annotate</source>
        <translation>测量和标注</translation>
    </message>
    <message>
        <source>Cloud that is moved (.ply)</source>
        <translation>要移动的点云 (.ply)</translation>
    </message>
    <message>
        <source>Cloud that stays (.ply)</source>
        <translation>保持不动的点云 (.ply)</translation>
    </message>
    <message>
        <source>Search everywhere</source>
        <translation>在所有位置搜索</translation>
    </message>
    <message>
        <source>Folder of depth frames</source>
        <translation>深度帧文件夹</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新文件夹</translation>
    </message>
    <message>
        <source>Poses of the frames</source>
        <translation>各帧的位姿</translation>
    </message>
    <message>
        <source>as the folder gives them</source>
        <translation>使用文件夹中的位姿</translation>
    </message>
    <message>
        <source>found by following the camera</source>
        <translation>通过跟踪相机得到</translation>
    </message>
    <message>
        <source>Trajectory to be judged</source>
        <translation>待评价的轨迹</translation>
    </message>
    <message>
        <source>True trajectory</source>
        <translation>真实轨迹</translation>
    </message>
    <message>
        <source>Brought onto it</source>
        <translation>对齐方式</translation>
    </message>
    <message>
        <source>not at all</source>
        <translation>不对齐</translation>
    </message>
    <message>
        <source>by the first pose</source>
        <translation>按第一个位姿</translation>
    </message>
    <message>
        <source>turned and moved</source>
        <translation>旋转并平移</translation>
    </message>
    <message>
        <source>turned, moved and scaled</source>
        <translation>旋转、平移并缩放</translation>
    </message>
</context>
<context>
    <name>CommandActions</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>图像(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>工具(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
</context>
<context>
    <name>CommandDialog</name>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Type a command</source>
        <translation>输入命令</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>No command matches.</source>
        <translation>没有匹配的命令。</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>Photograph</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Reconstruction</source>
        <translation>重建结果</translation>
    </message>
    <message>
        <source>Photograph and reconstruction</source>
        <translation>照片与重建结果</translation>
    </message>
</context>
<context>
    <name>Comparing</name>
    <message>
        <source>Choose a photograph that has a camera.</source>
        <translation>请选择一张有相机的照片。</translation>
    </message>
    <message>
        <source>The file of this photograph is not there any more.</source>
        <translation>这张照片的文件已不存在。</translation>
    </message>
    <message>
        <source>Drawing what the camera of {name} sees…</source>
        <translation>正在绘制 {name} 的相机所见…</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Crash reports</source>
        <translation>崩溃报告</translation>
    </message>
    <message>
        <source>A report says where in the program something went wrong. It holds no patient data and no file names of yours, and is sent nowhere: copy it into a bug report if you like.</source>
        <translation>报告说明程序在何处出错，不含患者信息，也不含您的文件名，不会发送到任何地方。如有需要，可将其复制到错误报告中。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Delete all</source>
        <translation>全部删除</translation>
    </message>
    <message>
        <source>There are no reports.</source>
        <translation>没有报告。</translation>
    </message>
</context>
<context>
    <name>DeidentifyOptionsPage</name>
    <message>
        <source>{title}, images: {count}</source>
        <translation>{title}，图像：{count}</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Add folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>Folder for the copies</source>
        <translation>存放副本的文件夹</translation>
    </message>
    <message>
        <source>File with a secret</source>
        <translation>密钥文件</translation>
    </message>
    <message>
        <source>Files and folders</source>
        <translation>文件和文件夹</translation>
    </message>
    <message>
        <source>New folder for the copies</source>
        <translation>副本的新文件夹</translation>
    </message>
    <message>
        <source>All that may tell who the patient is goes (Basic Profile of DICOM PS3.15). Beside that:</source>
        <translation>去除一切可能透露患者身份的内容（DICOM PS3.15 基本规范）。此外：</translation>
    </message>
    <message>
        <source>None: replacements cannot be repeated</source>
        <translation>无：替换结果不可重现</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Blank text in pictures</source>
        <translation>涂黑图片中的文字</translation>
    </message>
    <message>
        <source>Ultrasound, screen captures and the like; you see every box before.</source>
        <translation>超声、屏幕截图等；您会先看到每个方框。</translation>
    </message>
    <message>
        <source>Cut faces off heads</source>
        <translation>去除头部的面部</translation>
    </message>
    <message>
        <source>CT and MR, by a plane before the brain (Quickshear, classical).</source>
        <translation>CT 和 MR，用脑前方的平面切除（Quickshear，经典方法）。</translation>
    </message>
    <message>
        <source>Keep descriptions</source>
        <translation>保留描述</translation>
    </message>
    <message>
        <source>Names, numbers and dates are taken out of their text.</source>
        <translation>从文字中去除姓名、号码和日期。</translation>
    </message>
    <message>
        <source>Keep structured reports</source>
        <translation>保留结构化报告</translation>
    </message>
    <message>
        <source>Keep overlays and annotations</source>
        <translation>保留叠加层和注释</translation>
    </message>
    <message>
        <source>Text in them goes, drawings stay.</source>
        <translation>去除其中的文字，保留图形。</translation>
    </message>
    <message>
        <source>Keep the time between dates</source>
        <translation>保留日期间隔</translation>
    </message>
    <message>
        <source>All dates of a patient move by the same number of days.</source>
        <translation>同一患者的所有日期移动相同的天数。</translation>
    </message>
    <message>
        <source>Keep dates</source>
        <translation>保留日期</translation>
    </message>
    <message>
        <source>As they are.</source>
        <translation>保持原样。</translation>
    </message>
    <message>
        <source>Keep characteristics of the patient</source>
        <translation>保留患者特征</translation>
    </message>
    <message>
        <source>Age up to 89, sex, size, weight, allergies and the like.</source>
        <translation>89 岁以下的年龄、性别、身高、体重、过敏史等。</translation>
    </message>
    <message>
        <source>Keep the device</source>
        <translation>保留设备</translation>
    </message>
    <message>
        <source>Station name, serial numbers and the like.</source>
        <translation>工作站名称、序列号等。</translation>
    </message>
    <message>
        <source>Keep the institution</source>
        <translation>保留机构</translation>
    </message>
    <message>
        <source>Name and address.</source>
        <translation>名称和地址。</translation>
    </message>
    <message>
        <source>Keep UIDs</source>
        <translation>保留 UID</translation>
    </message>
    <message>
        <source>The copies can then be matched with the originals.</source>
        <translation>这样副本可与原件对应。</translation>
    </message>
    <message>
        <source>Keep safe private attributes</source>
        <translation>保留安全的私有属性</translation>
    </message>
    <message>
        <source>Those that the standard lists, such as b-values.</source>
        <translation>标准所列的属性，例如 b 值。</translation>
    </message>
</context>
<context>
    <name>DeidentifyPage</name>
    <message>
        <source>Copies written: {count}</source>
        <translation>已写入副本：{count}</translation>
    </message>
    <message>
        <source>Left out: {count}</source>
        <translation>已排除：{count}</translation>
    </message>
    <message>
        <source>Kinds of changes: {count}</source>
        <translation>更改种类：{count}</translation>
    </message>
    <message>
        <source>The full report is deidentification.html in the folder.</source>
        <translation>完整报告为该文件夹中的 deidentification.html。</translation>
    </message>
    <message>
        <source>Look at these:</source>
        <translation>请查看：</translation>
    </message>
    <message>
        <source>Left out:</source>
        <translation>已排除：</translation>
    </message>
    <message>
        <source>Done: {folder}</source>
        <translation>完成：{folder}</translation>
    </message>
    <message>
        <source>Look at the pictures</source>
        <translation>查看图片</translation>
    </message>
    <message>
        <source>De-identify</source>
        <translation>去标识化</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>DeidentifyPreviewPage</name>
    <message>
        <source>The head from the front, before and after. Look at the copy in 3D.</source>
        <translation>头部前面观，处理前后。请在三维视图中查看副本。</translation>
    </message>
    <message>
        <source>What is in a box will be blanked in all of these pictures. Drag to draw, move or size a box. Boxes come from rules and from shapes that look like text: add what was missed.</source>
        <translation>方框内的内容将在所有这些图片中被涂黑。拖动可绘制、移动方框或调整其大小。方框来自规则以及形似文字的形状：请补上遗漏之处。</translation>
    </message>
    <message>
        <source>No picture may show text, and no head was found.</source>
        <translation>没有可能显示文字的图片，也未找到头部。</translation>
    </message>
    <message>
        <source>Head {number}</source>
        <translation>头部 {number}</translation>
    </message>
    <message>
        <source>{modality} {columns} × {rows}, images: {files}, boxes: {boxes}</source>
        <translation>{modality} {columns} × {rows}，图像：{files}，方框：{boxes}</translation>
    </message>
    <message>
        <source>Remove box</source>
        <translation>移除方框</translation>
    </message>
    <message>
        <source>Remove all</source>
        <translation>全部移除</translation>
    </message>
    <message>
        <source>Only by rules</source>
        <translation>仅按规则</translation>
    </message>
    <message>
        <source>All that was found</source>
        <translation>所有找到的</translation>
    </message>
</context>
<context>
    <name>DocumentWindow</name>
    <message>
        <source>Page {number} of {count}</source>
        <translation>第 {number} 页，共 {count} 页</translation>
    </message>
    <message>
        <source>Save PDF</source>
        <translation>保存 PDF</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Fit to width</source>
        <translation>适合宽度</translation>
    </message>
    <message>
        <source>Save PDF…</source>
        <translation>保存 PDF…</translation>
    </message>
</context>
<context>
    <name>DropArea</name>
    <message>
        <source>Drop files or folders here</source>
        <translation>将文件或文件夹拖放到此处</translation>
    </message>
    <message>
        <source>DICOM files and folders, DICOMDIR, zip and tar archives</source>
        <translation>DICOM 文件和文件夹、DICOMDIR、zip 和 tar 压缩包</translation>
    </message>
    <message>
        <source>Volumes (NIfTI, NRRD, MetaImage), photographs, films</source>
        <translation>容积（NIfTI、NRRD、MetaImage）、照片、影片</translation>
    </message>
    <message>
        <source>Surfaces and points (STL, OBJ, PLY, glTF, VRM), models (ONNX)</source>
        <translation>表面和点云（STL、OBJ、PLY、glTF、VRM）、模型（ONNX）</translation>
    </message>
</context>
<context>
    <name>DropOverlay</name>
    <message>
        <source>Drop to import and open</source>
        <translation>松开以导入并打开</translation>
    </message>
</context>
<context>
    <name>EmptyCapture</name>
    <message>
        <source>Start the camera</source>
        <translation>启动摄像头</translation>
    </message>
    <message>
        <source>Open film or picture…</source>
        <translation>打开视频或图片…</translation>
    </message>
    <message>
        <source>Add the networks</source>
        <translation>添加网络</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Capture a face, hands and a body</source>
        <translation>捕捉面部、手部和身体</translation>
    </message>
    <message>
        <source>Start the camera, or drop a film, a picture or a folder of pictures here.</source>
        <translation>启动摄像头，或将视频、图片或图片文件夹拖放到这里。</translation>
    </message>
    <message>
        <source>The networks for capture are not here yet</source>
        <translation>这里还没有用于捕捉的网络</translation>
    </message>
    <message>
        <source>They came with the program: nothing is downloaded.</source>
        <translation>它们已随程序提供：无需下载。</translation>
    </message>
    <message>
        <source>They are downloaded once ({size} MB) and then work offline.</source>
        <translation>只需下载一次 ({size} MB)，之后可离线使用。</translation>
    </message>
</context>
<context>
    <name>EmptyLibrary</name>
    <message>
        <source>The library is empty.

Drop DICOM files, folders or archives here, or import them.</source>
        <translation>影像库为空。

将 DICOM 文件、文件夹或压缩包拖放到此处，或将其导入。</translation>
    </message>
    <message>
        <source>No study matches the search.</source>
        <translation>没有符合搜索条件的检查。</translation>
    </message>
    <message>
        <source>Import folder…</source>
        <translation>导入文件夹…</translation>
    </message>
    <message>
        <source>Import files…</source>
        <translation>导入文件…</translation>
    </message>
    <message>
        <source>Show all studies</source>
        <translation>显示所有检查</translation>
    </message>
    <message>
        <source>Import folder</source>
        <translation>导入文件夹</translation>
    </message>
    <message>
        <source>Import files</source>
        <translation>导入文件</translation>
    </message>
</context>
<context>
    <name>EmptyLive</name>
    <message>
        <source>See where the camera is while it moves</source>
        <translation>在相机移动时查看它的位置</translation>
    </message>
    <message>
        <source>Start a camera, or drop a film or a recording here. Move sideways at first: only what is seen from two places has a distance. In a map (.smap) that is opened first, the camera is looked for.</source>
        <translation>启动相机，或将影片或录制文件夹拖到此处。请先横向移动：只有从两处看到的点才有距离。如果先打开地图 (.smap)，将在其中查找相机。</translation>
    </message>
    <message>
        <source>Start the camera</source>
        <translation>启动摄像头</translation>
    </message>
    <message>
        <source>Open film…</source>
        <translation>打开影片…</translation>
    </message>
    <message>
        <source>Open recording…</source>
        <translation>打开录制…</translation>
    </message>
    <message>
        <source>Open map…</source>
        <translation>打开地图…</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Drop a folder of DICOM files here</source>
        <translation>将 DICOM 文件夹拖放到此处</translation>
    </message>
    <message>
        <source>or choose a series in the library, open files, or look at the phantom study.</source>
        <translation>或在影像库中选择序列、打开文件，也可查看体模检查。</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Phantom study</source>
        <translation>体模检查</translation>
    </message>
</context>
<context>
    <name>EmptyReconstruction</name>
    <message>
        <source>Drop photographs or a film here</source>
        <translation>将照片或影片拖放到此处</translation>
    </message>
    <message>
        <source>A folder of overlapping photographs of one thing or place, or a film around it, becomes a textured 3D model. A folder that was reconstructed before opens, too.</source>
        <translation>同一物体或场所的一组相互重叠的照片，或环绕它拍摄的影片，可生成带纹理的三维模型。以前重建过的文件夹也可以打开。</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open photographs or film…</source>
        <translation>打开照片或影片…</translation>
    </message>
    <message>
        <source>Recent reconstructions</source>
        <translation>最近的重建</translation>
    </message>
</context>
<context>
    <name>FileQuestions</name>
    <message>
        <source>Open files</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Import archive</source>
        <translation>导入压缩包</translation>
    </message>
</context>
<context>
    <name>FusionBar</name>
    <message>
        <source>{name} is loading…</source>
        <translation>正在加载 {name}…</translation>
    </message>
    <message>
        <source>From</source>
        <translation>下限</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>Lowest value of the fused volume that is shown</source>
        <translation>融合容积显示的最低值</translation>
    </message>
    <message>
        <source>Strength of the fused volume</source>
        <translation>融合容积的强度</translation>
    </message>
    <message>
        <source>Remove the fused volume</source>
        <translation>移除融合容积</translation>
    </message>
</context>
<context>
    <name>ImportProgress</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop importing; what is imported already stays</source>
        <translation>停止导入；已导入的内容予以保留</translation>
    </message>
    <message>
        <source>Import progress</source>
        <translation>导入进度</translation>
    </message>
</context>
<context>
    <name>JobRow</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Not imported</source>
        <translation>未导入</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>Done in {seconds} s</source>
        <translation>已完成，用时 {seconds} 秒</translation>
    </message>
    <message>
        <source>Files not imported: {count}</source>
        <translation>未导入 {count} 个文件</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>{seconds} s left</source>
        <translation>剩余 {seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes} min left</source>
        <translation>剩余 {minutes} 分钟</translation>
    </message>
</context>
<context>
    <name>JobsPanel</name>
    <message>
        <source>No jobs. Imports and other long work show up here.</source>
        <translation>没有任务。导入和其他耗时操作会显示在此处。</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>清除已完成的任务</translation>
    </message>
</context>
<context>
    <name>LibraryBrowser</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Hide series</source>
        <translation>收起序列</translation>
    </message>
    <message>
        <source>Show series</source>
        <translation>展开序列</translation>
    </message>
    <message>
        <source>Remove study from library…</source>
        <translation>从影像库中移除检查…</translation>
    </message>
    <message>
        <source>Remove study</source>
        <translation>移除检查</translation>
    </message>
    <message>
        <source>Remove this study with {count} series from the library?</source>
        <translation>要从影像库中移除此检查（{count} 个序列）吗？</translation>
    </message>
    <message>
        <source>Files stay where they are and can be imported again. Copies that the library made of them are deleted.</source>
        <translation>文件保留在原处，可再次导入；影像库中的副本将被删除。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Studies</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Patients: {count}</source>
        <translation>{count} 位患者</translation>
    </message>
    <message>
        <source>Studies: {count}</source>
        <translation>{count} 个检查</translation>
    </message>
    <message>
        <source>Series: {count}</source>
        <translation>{count} 个序列</translation>
    </message>
    <message>
        <source>Images: {count}</source>
        <translation>{count} 幅图像</translation>
    </message>
    <message>
        <source>Found: {counts}</source>
        <translation>找到：{counts}</translation>
    </message>
</context>
<context>
    <name>LibraryDelegate</name>
    <message>
        <source>No name</source>
        <translation>无姓名</translation>
    </message>
    <message>
        <source>Series {number}</source>
        <translation>序列 {number}</translation>
    </message>
    <message>
        <source>{count} volumes</source>
        <translation>{count} 个容积</translation>
    </message>
    <message>
        <source>{count} images</source>
        <translation>{count} 幅图像</translation>
    </message>
</context>
<context>
    <name>LibraryFilter</name>
    <message>
        <source>Search name, ID, date, modality…</source>
        <translation>搜索姓名、ID、日期、设备类型…</translation>
    </message>
    <message>
        <source>Search the library</source>
        <translation>搜索影像库</translation>
    </message>
    <message>
        <source>Patient name or ID, date, modality, description, accession number</source>
        <translation>患者姓名或 ID、日期、设备类型、描述、检查号</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>最新优先</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>最早优先</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按姓名</translation>
    </message>
    <message>
        <source>Order of the studies</source>
        <translation>检查的排序方式</translation>
    </message>
    <message>
        <source>Only studies with {modality}</source>
        <translation>仅显示 {modality} 检查</translation>
    </message>
</context>
<context>
    <name>LicenceQuestion</name>
    <message>
        <source>Add model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>The files of this model do not tell its licence. Whoever gave it to you knows it; it stands on the card from then on.</source>
        <translation>此模型的文件未说明其许可。提供者知道其许可；此后它会写在卡片上。</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
</context>
<context>
    <name>LiveBar</name>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>Which camera: 0 is the first</source>
        <translation>选择摄像头：0 是第一个</translation>
    </message>
    <message>
        <source>Which camera</source>
        <translation>选择摄像头</translation>
    </message>
    <message>
        <source>Network camera…</source>
        <translation>网络相机…</translation>
    </message>
    <message>
        <source>Open film…</source>
        <translation>打开影片…</translation>
    </message>
    <message>
        <source>Open recording…</source>
        <translation>打开录制…</translation>
    </message>
    <message>
        <source>Open map…</source>
        <translation>打开地图…</translation>
    </message>
    <message>
        <source>Look for the camera in a map of another day</source>
        <translation>在以前制作的地图中查找相机</translation>
    </message>
    <message>
        <source>One camera</source>
        <translation>单个相机</translation>
    </message>
    <message>
        <source>Two cameras</source>
        <translation>两个相机</translation>
    </message>
    <message>
        <source>Colour and depth</source>
        <translation>彩色与深度</translation>
    </message>
    <message>
        <source>What is used of a recording</source>
        <translation>使用录制中的哪些数据</translation>
    </message>
    <message>
        <source>Calibration…</source>
        <translation>标定…</translation>
    </message>
    <message>
        <source>Focal length and distortion of the camera; without them sizes and angles are uncertain</source>
        <translation>相机的焦距和畸变；没有它们，尺寸和角度不确定</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Record…</source>
        <translation>录制…</translation>
    </message>
    <message>
        <source>Write the pictures into a folder that can be followed again</source>
        <translation>将画面写入可再次跟踪的文件夹</translation>
    </message>
    <message>
        <source>Save map…</source>
        <translation>保存地图…</translation>
    </message>
    <message>
        <source>Write the map, the way of the camera and the keyframes into a folder</source>
        <translation>将地图、相机轨迹和关键帧写入文件夹</translation>
    </message>
    <message>
        <source>Remove objects</source>
        <translation>移除物体</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>跟踪点</translation>
    </message>
</context>
<context>
    <name>LiveOpening</name>
    <message>
        <source>Open map</source>
        <translation>打开地图</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>Network camera</source>
        <translation>网络相机</translation>
    </message>
    <message>
        <source>Address, as rtsp://name:password@host/stream</source>
        <translation>地址，例如 rtsp://用户名:密码@主机/流</translation>
    </message>
    <message>
        <source>Open film</source>
        <translation>打开影片</translation>
    </message>
    <message>
        <source>Films</source>
        <translation>影片</translation>
    </message>
    <message>
        <source>Open recording</source>
        <translation>打开录制</translation>
    </message>
    <message>
        <source>Calibration of the camera</source>
        <translation>相机标定</translation>
    </message>
    <message>
        <source>Calibrations</source>
        <translation>标定文件</translation>
    </message>
    <message>
        <source>Used from the next start on: {name}</source>
        <translation>下次启动时使用：{name}</translation>
    </message>
</context>
<context>
    <name>LivePage</name>
    <message>
        <source>Saved in {folder}</source>
        <translation>已保存到 {folder}</translation>
    </message>
    <message>
        <source>Start a camera, or open a film or a recording: it is looked for in the map.</source>
        <translation>启动相机，或打开影片或录制内容：将在地图中查找它。</translation>
    </message>
    <message>
        <source>Record into a folder</source>
        <translation>录制到文件夹</translation>
    </message>
    <message>
        <source>Too little is known there: tap where there are points.</source>
        <translation>该处已知信息太少：请点按有点的地方。</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Save the map as a folder</source>
        <translation>将地图另存为文件夹</translation>
    </message>
    <message>
        <source>Its place is not known.</source>
        <translation>其位置未知。</translation>
    </message>
    <message>
        <source>Picture of the camera: tap to put an object there</source>
        <translation>相机画面：点按以放置物体</translation>
    </message>
    <message>
        <source>No picture yet</source>
        <translation>还没有画面</translation>
    </message>
    <message>
        <source>Tap a surface to put an object there</source>
        <translation>点按表面以放置物体</translation>
    </message>
    <message>
        <source>Map and way of the camera</source>
        <translation>地图和相机轨迹</translation>
    </message>
</context>
<context>
    <name>LiveStatus</name>
    <message>
        <source>starting: move sideways</source>
        <translation>正在起步：请横向移动</translation>
    </message>
    <message>
        <source>tracking</source>
        <translation>跟踪中</translation>
    </message>
    <message>
        <source>lost: go back to where it was known</source>
        <translation>已丢失：请回到已知的地方</translation>
    </message>
    <message>
        <source>loop closed</source>
        <translation>已闭合回环</translation>
    </message>
    <message>
        <source>place in the map not found yet</source>
        <translation>尚未在地图中找到位置</translation>
    </message>
    <message>
        <source>found in the map</source>
        <translation>已在地图中找到</translation>
    </message>
    <message>
        <source>map number {number}</source>
        <translation>第 {number} 张地图</translation>
    </message>
    <message>
        <source>{work:.0f} ms a picture</source>
        <translation>每幅 {work:.0f} 毫秒</translation>
    </message>
    <message>
        <source>{rate:.0f} pictures a second</source>
        <translation>每秒 {rate:.0f} 幅</translation>
    </message>
    <message>
        <source>points followed: {count}</source>
        <translation>跟踪的点：{count}</translation>
    </message>
    <message>
        <source>map: {points} points, {count} keyframes</source>
        <translation>地图：{points} 个点，{count} 个关键帧</translation>
    </message>
    <message>
        <source>loops closed: {count}</source>
        <translation>已闭合的回环：{count}</translation>
    </message>
    <message>
        <source>no scale: lengths have no unit</source>
        <translation>无尺度：长度没有单位</translation>
    </message>
    <message>
        <source>focal length assumed</source>
        <translation>焦距为假定值</translation>
    </message>
    <message>
        <source>broken pictures: {count}</source>
        <translation>损坏的画面：{count}</translation>
    </message>
</context>
<context>
    <name>LogView</name>
    <message>
        <source>Filter lines</source>
        <translation>筛选日志行</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Nothing was logged.</source>
        <translation>没有日志记录。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Undo {what}</source>
        <translation>撤销：{what}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo {what}</source>
        <translation>重做：{what}</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message>
        <source>Reconstruction from photographs</source>
        <translation>照片三维重建</translation>
    </message>
    <message>
        <source>{reason}.</source>
        <translation>{reason}。</translation>
    </message>
    <message>
        <source>See {call} --help.</source>
        <translation>请参阅 {call} --help。</translation>
    </message>
    <message>
        <source>There is no command {word}.</source>
        <translation>没有命令 {word}。</translation>
    </message>
    <message>
        <source>Did you mean {name}?</source>
        <translation>您是否要用 {name}？</translation>
    </message>
    <message>
        <source>See sense --help for all commands.</source>
        <translation>运行 sense --help 可查看所有命令。</translation>
    </message>
    <message>
        <source>{path}: {reason}.</source>
        <translation>{path}：{reason}。</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>内存不足，无法完成此操作。</translation>
    </message>
    <message>
        <source>Something unexpected went wrong ({kind}).</source>
        <translation>发生意外错误 ({kind})。</translation>
    </message>
    <message>
        <source>Run it again with --debug to see where.</source>
        <translation>加上 --debug 重新运行可查看出错位置。</translation>
    </message>
    <message>
        <source>Start it in a desktop session; the commands need none.</source>
        <translation>请在桌面会话中启动；命令行命令无需桌面会话。</translation>
    </message>
    <message>
        <source>There is no display to show the window on.</source>
        <translation>没有可用于显示窗口的显示器。</translation>
    </message>
    <message>
        <source>The display {name} does not answer.</source>
        <translation>显示器 {name} 没有响应。</translation>
    </message>
    <message>
        <source>Libraries for the window are missing: {names}.</source>
        <translation>缺少窗口所需的系统库：{names}。</translation>
    </message>
    <message>
        <source>Run python3 dev.py setup, which installs them.</source>
        <translation>请运行 python3 dev.py setup 进行安装。</translation>
    </message>
    <message>
        <source>The window cannot be shown: {library} is missing.</source>
        <translation>无法显示窗口：缺少 {library}。</translation>
    </message>
    <message>
        <source>Run python3 dev.py setup, which installs what is missing.</source>
        <translation>请运行 python3 dev.py setup 安装缺少的组件。</translation>
    </message>
    <message>
        <source>Making the phantom study</source>
        <translation>正在生成体模检查</translation>
    </message>
    <message>
        <source>{path}: there is no such file or folder.</source>
        <translation>{path}：没有此文件或文件夹。</translation>
    </message>
    <message>
        <source>The program ended unexpectedly, or something in it failed.</source>
        <translation>程序意外终止，或其中某项操作失败。</translation>
    </message>
    <message>
        <source>A report without patient data was written.</source>
        <translation>已写入一份不含患者信息的报告。</translation>
    </message>
    <message>
        <source>Show the report…</source>
        <translation>显示报告…</translation>
    </message>
    <message>
        <source>{path} exists already.</source>
        <translation>{path} 已存在。</translation>
    </message>
    <message>
        <source>Use --force to replace it.</source>
        <translation>使用 --force 可覆盖。</translation>
    </message>
    <message>
        <source>{path} cannot be written: {reason}.</source>
        <translation>无法写入 {path}：{reason}。</translation>
    </message>
    <message>
        <source>The audit trail was changed at line {line}.</source>
        <translation>审计跟踪的第 {line} 行曾被改动。</translation>
    </message>
    <message>
        <source>The audit trail ends in a broken line.</source>
        <translation>审计跟踪的末行不完整。</translation>
    </message>
    <message>
        <source>{path} cannot be opened as a library index: {reason}.</source>
        <translation>无法将 {path} 作为影像库索引打开：{reason}。</translation>
    </message>
    <message>
        <source>{path} was written by a newer version of the program.</source>
        <translation>{path} 由更新版本的程序写入。</translation>
    </message>
    <message>
        <source>Update the program, or open another library with --library.</source>
        <translation>请更新程序，或使用 --library 打开其他影像库。</translation>
    </message>
    <message>
        <source>{path}: the library folder cannot be written.</source>
        <translation>{path}：影像库文件夹不可写。</translation>
    </message>
    <message>
        <source>Choose another folder with --library or SENSE_LIBRARY.</source>
        <translation>请使用 --library 或 SENSE_LIBRARY 选择其他文件夹。</translation>
    </message>
    <message>
        <source>Reading it takes too long.</source>
        <translation>读取时间过长。</translation>
    </message>
    <message>
        <source>The reader crashed on it.</source>
        <translation>读取程序因其崩溃。</translation>
    </message>
    <message>
        <source>Reading it takes too much memory.</source>
        <translation>读取占用内存过多。</translation>
    </message>
    <message>
        <source>{name} is a damaged archive: not all of it can be unpacked.</source>
        <translation>{name} 是损坏的压缩包：无法全部解压。</translation>
    </message>
    <message>
        <source>{name} is an empty archive.</source>
        <translation>{name} 是空压缩包。</translation>
    </message>
    <message>
        <source>{name} is empty.</source>
        <translation>{name} 为空。</translation>
    </message>
    <message>
        <source>{name} is not a DICOM file.</source>
        <translation>{name} 不是 DICOM 文件。</translation>
    </message>
    <message>
        <source>{name} unpacks to more than there is room for on the disk.</source>
        <translation>磁盘空间不足，无法解压 {name}。</translation>
    </message>
    <message>
        <source>{name} is an archive within archives; unpack the outer ones first.</source>
        <translation>{name} 是嵌套的压缩包；请先解压外层压缩包。</translation>
    </message>
    <message>
        <source>{name} is protected by a password; unpack it first.</source>
        <translation>{name} 受密码保护；请先自行解压。</translation>
    </message>
    <message>
        <source>{name} unpacks to far more than a medical archive does; it was refused as a possible bomb.</source>
        <translation>{name} 解压后远大于正常的医学影像压缩包，疑似压缩炸弹，已拒绝。</translation>
    </message>
    <message>
        <source>{name} is compressed in a way that is not supported.</source>
        <translation>{name} 的压缩方式不受支持。</translation>
    </message>
    <message>
        <source>{name} is damaged in the archive and cannot be unpacked.</source>
        <translation>{name} 在压缩包中已损坏，无法解压。</translation>
    </message>
    <message>
        <source>Its pixels cannot be decoded ({reason}).</source>
        <translation>无法解码其像素 ({reason})。</translation>
    </message>
    <message>
        <source>{name} is listed in the DICOMDIR but is not there.</source>
        <translation>{name} 列于 DICOMDIR 中，但文件不存在。</translation>
    </message>
    <message>
        <source>{name} is a pipe or a device and not a file.</source>
        <translation>{name} 是管道或设备，不是文件。</translation>
    </message>
    <message>
        <source>{name} is an empty folder.</source>
        <translation>{name} 是空文件夹。</translation>
    </message>
    <message>
        <source>{name} is a link to something that is not there.</source>
        <translation>{name} 是失效的链接，其目标不存在。</translation>
    </message>
    <message>
        <source>{name} is not there.</source>
        <translation>{name} 不存在。</translation>
    </message>
    <message>
        <source>{name} cannot be opened: permission denied.</source>
        <translation>无法打开 {name}：没有访问权限。</translation>
    </message>
    <message>
        <source>{name} cannot be opened: {reason}.</source>
        <translation>无法打开 {name}：{reason}。</translation>
    </message>
    <message>
        <source>{path}: there is no export format {suffix}.</source>
        <translation>{path}：没有导出格式 {suffix}。</translation>
    </message>
    <message>
        <source>printed markers</source>
        <translation>打印的标志</translation>
    </message>
    <message>
        <source>Use .nii.gz, .nrrd, .mha, .png, or a folder for DICOM.</source>
        <translation>请使用 .nii.gz、.nrrd、.mha、.png；导出 DICOM 请指定文件夹。</translation>
    </message>
    <message>
        <source>{path}: only a DICOM folder has a DICOMDIR or derived objects.</source>
        <translation>{path}：只有 DICOM 文件夹可以包含 DICOMDIR 或派生对象。</translation>
    </message>
    <message>
        <source>Name a folder, without a suffix.</source>
        <translation>请指定一个不带扩展名的文件夹。</translation>
    </message>
    <message>
        <source>Writing the file</source>
        <translation>正在写入文件</translation>
    </message>
    <message>
        <source>{uid}: its slices are irregular, no affine describes them.</source>
        <translation>{uid}：层面排列不规则，无法用仿射矩阵描述。</translation>
    </message>
    <message>
        <source>Leave --native out to resample it, or export a DICOM folder.</source>
        <translation>去掉 --native 可重采样，或导出为 DICOM 文件夹。</translation>
    </message>
    <message>
        <source>Resampled: {stored} irregular slices to {slices} regular ones.</source>
        <translation>已重采样：{stored} 个不规则层面变为 {slices} 个规则层面。</translation>
    </message>
    <message>
        <source>Resampled: missing slices are filled with {value:g}: {count}.</source>
        <translation>已重采样：缺失的 {count} 个层面以 {value:g} 填充。</translation>
    </message>
    <message>
        <source>Resampled: the sheared slices were moved to a rectangular grid.</source>
        <translation>已重采样：错切的层面已移至直角网格。</translation>
    </message>
    <message>
        <source>The file says nothing about the place in the patient.</source>
        <translation>文件未说明在患者体内的位置。</translation>
    </message>
    <message>
        <source>The series has no files.</source>
        <translation>序列没有文件。</translation>
    </message>
    <message>
        <source>Copying the files</source>
        <translation>正在复制文件</translation>
    </message>
    <message>
        <source>{path} holds other files, which would be lost.</source>
        <translation>{path} 中有其他文件，这些文件将会丢失。</translation>
    </message>
    <message>
        <source>Choose a new folder.</source>
        <translation>请选择新文件夹。</translation>
    </message>
    <message>
        <source>{uid}: the library holds no series with this UID.</source>
        <translation>{uid}：影像库中没有此 UID 的序列。</translation>
    </message>
    <message>
        <source>Import it first; sense import --json names the UIDs.</source>
        <translation>请先导入；sense import --json 会列出 UID。</translation>
    </message>
    <message>
        <source>Choose with --part: {names}.</source>
        <translation>请使用 --part 选择：{names}。</translation>
    </message>
    <message>
        <source>{uid}: it has no such part.</source>
        <translation>{uid}：没有此部分。</translation>
    </message>
    <message>
        <source>{uid}: it holds several volumes.</source>
        <translation>{uid}：含有多个容积。</translation>
    </message>
    <message>
        <source>{name} cannot be read: permission denied.</source>
        <translation>无法读取 {name}：没有访问权限。</translation>
    </message>
    <message>
        <source>{name} cannot be read: {reason}.</source>
        <translation>无法读取 {name}：{reason}。</translation>
    </message>
    <message>
        <source>{name} needs more memory than it may use.</source>
        <translation>{name} 所需内存超出允许的上限。</translation>
    </message>
    <message>
        <source>{name} is damaged: it cannot be read as DICOM ({kind}).</source>
        <translation>{name} 已损坏：无法作为 DICOM 读取 ({kind})。</translation>
    </message>
    <message>
        <source>{name} is an archive that cannot be opened here; unpack it first.</source>
        <translation>{name} 是无法在此打开的压缩包；请先解压。</translation>
    </message>
    <message>
        <source>Files read: {count}</source>
        <translation>已读取 {count} 个文件</translation>
    </message>
    <message>
        <source>None of {count} files could be de-identified; the first: {reason}</source>
        <translation>{count} 个文件均无法去标识化；第一个的原因：{reason}</translation>
    </message>
    <message>
        <source>There are no files to de-identify.</source>
        <translation>没有可去标识化的文件。</translation>
    </message>
    <message>
        <source>Files looked at: {count}</source>
        <translation>已查看文件：{count}</translation>
    </message>
    <message>
        <source>Files done: {count}</source>
        <translation>已处理文件：{count}</translation>
    </message>
    <message>
        <source>{name} has a UID that is none: it was left out.</source>
        <translation>{name} 的 UID 无效，已略过。</translation>
    </message>
    <message>
        <source>{name} has the identifier of another image but other content.</source>
        <translation>{name} 与另一幅图像的标识符相同但内容不同。</translation>
    </message>
    <message>
        <source>{name} cannot be read: it takes too long.</source>
        <translation>无法读取 {name}：耗时过长。</translation>
    </message>
    <message>
        <source>{name} cannot be read: the reader crashed on it.</source>
        <translation>无法读取 {name}：读取程序因其崩溃。</translation>
    </message>
    <message>
        <source>There are no images in it to show.</source>
        <translation>其中没有可显示的图像。</translation>
    </message>
    <message>
        <source>{name} describes an image but holds no pixel data.</source>
        <translation>{name} 描述了图像，但不含像素数据。</translation>
    </message>
    <message>
        <source>{name} holds neither an image nor a known object.</source>
        <translation>{name} 既不含图像，也不含已知的对象。</translation>
    </message>
    <message>
        <source>The frame offsets begin neither with 0 nor with the position of the first frame: the place of the frames is unknown.</source>
        <translation>各帧的偏移既不以 0 开始，也不以第一帧的位置开始：帧的位置未知。</translation>
    </message>
    <message>
        <source>A mosaic of slices whose places are unknown: it is shown as it is.</source>
        <translation>各层位置未知的拼图 (mosaic)：按原样显示。</translation>
    </message>
    <message>
        <source>{name} holds fewer pixels than its header announces.</source>
        <translation>{name} 的像素少于文件头所声明的数量。</translation>
    </message>
    <message>
        <source>The series holds no images that can be shown.</source>
        <translation>序列中没有可显示的图像。</translation>
    </message>
    <message>
        <source>More files that could not be read: {count}; their slices are empty.</source>
        <translation>另有 {count} 个文件无法读取，其层面为空。</translation>
    </message>
    <message>
        <source>Values beyond {low} to {high} are cut to this range.</source>
        <translation>超出 {low} 至 {high} 的值已截断到此范围。</translation>
    </message>
    <message>
        <source>Values are rounded to single precision.</source>
        <translation>值已舍入为单精度。</translation>
    </message>
    <message>
        <source>{path}: the files of this series are no longer there.</source>
        <translation>{path}：该序列的文件已不在原处。</translation>
    </message>
    <message>
        <source>Put them back, or import them from where they are now.</source>
        <translation>请将文件放回原处，或从现在的位置重新导入。</translation>
    </message>
    <message>
        <source>{name} could not be read, its slice is empty: {reason}</source>
        <translation>无法读取 {name}，其层面为空：{reason}</translation>
    </message>
    <message>
        <source>Writing the phantom</source>
        <translation>正在写入体模</translation>
    </message>
    <message>
        <source>Making the phantom</source>
        <translation>正在生成体模</translation>
    </message>
    <message>
        <source>{path}: segments of {bits} bits are none.</source>
        <translation>{path}：分割不能为 {bits} 位。</translation>
    </message>
    <message>
        <source>The file ends before its pixels do.</source>
        <translation>文件在像素数据结束之前即已终止。</translation>
    </message>
    <message>
        <source>It cannot be read ({reason}).</source>
        <translation>无法读取 ({reason})。</translation>
    </message>
    <message>
        <source>{name} is damaged: its deflated content cannot be unpacked.</source>
        <translation>{name} 已损坏：其 Deflate 压缩内容无法解压。</translation>
    </message>
    <message>
        <source>{name} unpacks to more than a file may hold.</source>
        <translation>{name} 解压后超出单个文件允许的大小。</translation>
    </message>
    <message>
        <source>{name} is truncated: it ends before the data that it announces.</source>
        <translation>{name} 被截断：在所声明的数据之前即已结束。</translation>
    </message>
    <message>
        <source>Its pixels have another size than its header says.</source>
        <translation>其像素大小与文件头所述不符。</translation>
    </message>
    <message>
        <source>The slices have {count} orientations; each is a volume of its own.</source>
        <translation>层面有 {count} 个方向，每个方向各为一个容积。</translation>
    </message>
    <message>
        <source>{path}: the board is written as .pdf or .png.</source>
        <translation>{path}：标志板只能写为 .pdf 或 .png。</translation>
    </message>
    <message>
        <source>The images have no position: they are ordered by instance number, not by place.</source>
        <translation>图像没有位置信息：按实例号而非空间位置排序。</translation>
    </message>
    <message>
        <source>All {count} images lie at the same place: they are shown one after another, not as a volume.</source>
        <translation>全部 {count} 幅图像位于同一位置：逐幅显示，不作为容积。</translation>
    </message>
    <message>
        <source>The pixel spacing is unknown: 1 mm is assumed, lengths are not shown.</source>
        <translation>像素间距未知：按 1 mm 处理，不显示长度。</translation>
    </message>
    <message>
        <source>{name} has the identifier of another image but other content; both are kept.</source>
        <translation>{name} 与另一幅图像的标识符相同但内容不同，两者均已保留。</translation>
    </message>
    <message>
        <source>More files with the identifier of another image: {count}.</source>
        <translation>另有 {count} 个文件与其他图像的标识符相同。</translation>
    </message>
    <message>
        <source>{count} images lie at the place of slice {index} ({position:.1f} mm): only the first is used.</source>
        <translation>第 {index} 层（{position:.1f} mm）处有 {count} 幅图像：仅使用第一幅。</translation>
    </message>
    <message>
        <source>More places that hold several images: {count}.</source>
        <translation>另有 {count} 个位置存在多幅图像。</translation>
    </message>
    <message>
        <source>More places where slices are missing: {count}.</source>
        <translation>另有 {count} 处缺失层面。</translation>
    </message>
    <message>
        <source>Gantry tilt: the slices are stacked {angle:.1f}° off their normal; views follow their positions.</source>
        <translation>机架倾斜：层面堆叠方向偏离法线 {angle:.1f}°；视图按实际位置显示。</translation>
    </message>
    <message>
        <source>Slices missing after slice {index} ({position:.1f} mm): {count}; the gap is shown empty.</source>
        <translation>第 {index} 层（{position:.1f} mm）之后缺失 {count} 层；缺口显示为空。</translation>
    </message>
    <message>
        <source>The slice spacing varies from {low:.2f} to {high:.2f} mm; views are resampled by position.</source>
        <translation>层间距在 {low:.2f} 至 {high:.2f} mm 之间变化；视图按位置重采样。</translation>
    </message>
    <message>
        <source>{name} could not be read: {reason}</source>
        <translation>无法读取 {name}：{reason}</translation>
    </message>
    <message>
        <source>More images that could not be read: {count}.</source>
        <translation>另有 {count} 幅图像无法读取。</translation>
    </message>
    <message>
        <source>{path}: no DICOM images found.</source>
        <translation>{path}：未找到 DICOM 图像。</translation>
    </message>
    <message>
        <source>Files that were not imported: {count}.</source>
        <translation>有 {count} 个文件未导入。</translation>
    </message>
    <message>
        <source>The jobs panel (Ctrl+J) says why for each of them.</source>
        <translation>任务面板 (Ctrl+J) 列出了每个文件的原因。</translation>
    </message>
    <message>
        <source>One view</source>
        <translation>单视图</translation>
    </message>
    <message>
        <source>Two views</source>
        <translation>双视图</translation>
    </message>
    <message>
        <source>Three planes</source>
        <translation>三平面</translation>
    </message>
    <message>
        <source>Three planes and 3D</source>
        <translation>三平面与三维</translation>
    </message>
    <message>
        <source>One large, three small</source>
        <translation>一大三小</translation>
    </message>
    <message>
        <source>Nine successive slices</source>
        <translation>连续九层</translation>
    </message>
    <message>
        <source>{offset} mm {letters}</source>
        <translation>{letters} {offset} mm</translation>
    </message>
    <message>
        <source>Axial</source>
        <translation>横断面</translation>
    </message>
    <message>
        <source>Coronal</source>
        <translation>冠状面</translation>
    </message>
    <message>
        <source>Sagittal</source>
        <translation>矢状面</translation>
    </message>
    <message>
        <source>As acquired</source>
        <translation>采集平面</translation>
    </message>
    <message>
        <source>Plane 1</source>
        <translation>平面 1</translation>
    </message>
    <message>
        <source>Plane 2</source>
        <translation>平面 2</translation>
    </message>
    <message>
        <source>Plane 3</source>
        <translation>平面 3</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>平均密度</translation>
    </message>
    <message>
        <source>MIP</source>
        <translation>MIP</translation>
    </message>
    <message>
        <source>MinIP</source>
        <translation>MinIP</translation>
    </message>
    <message>
        <source>Im {number}/{count}</source>
        <translation>图像 {number}/{count}</translation>
    </message>
    <message>
        <source>Slab {thickness} mm</source>
        <translation>层厚 {thickness} mm</translation>
    </message>
    <message>
        <source>{quantity} W {width} C {centre}</source>
        <translation>{quantity} 窗宽 {width} 窗位 {centre}</translation>
    </message>
    <message>
        <source>W {width} C {centre}</source>
        <translation>窗宽 {width} 窗位 {centre}</translation>
    </message>
    <message>
        <source>Import files</source>
        <translation>导入文件</translation>
    </message>
    <message>
        <source>The folder of the series cannot be shown.</source>
        <translation>无法显示该序列所在的文件夹。</translation>
    </message>
    <message>
        <source>{path}: the picture cannot be written.</source>
        <translation>{path}：无法写入图片。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Open series</source>
        <translation>打开序列</translation>
    </message>
    <message>
        <source>voxel {i}, {j}, {k}</source>
        <translation>体素 {i}, {j}, {k}</translation>
    </message>
    <message>
        <source>Change transfer function</source>
        <translation>更改传递函数</translation>
    </message>
    <message>
        <source>Change 3D preset</source>
        <translation>更改三维预设</translation>
    </message>
    <message>
        <source>Reset 3D look</source>
        <translation>重置三维外观</translation>
    </message>
    <message>
        <source>Change 3D mode</source>
        <translation>更改三维模式</translation>
    </message>
    <message>
        <source>Change 3D shading</source>
        <translation>更改三维光照</translation>
    </message>
    <message>
        <source>Move crop box</source>
        <translation>移动裁剪框</translation>
    </message>
    <message>
        <source>Reset crop box</source>
        <translation>重置裁剪框</translation>
    </message>
    <message>
        <source>Shift transfer function</source>
        <translation>移动传递函数</translation>
    </message>
    <message>
        <source>The volume cannot be drawn ({kind}).</source>
        <translation>无法绘制容积 ({kind})。</translation>
    </message>
    <message>
        <source>window change</source>
        <translation>更改窗宽/窗位</translation>
    </message>
    <message>
        <source>inversion</source>
        <translation>反相</translation>
    </message>
    <message>
        <source>slab thickness</source>
        <translation>更改层厚</translation>
    </message>
    <message>
        <source>slab projection</source>
        <translation>更改厚层投影方式</translation>
    </message>
    <message>
        <source>interpolation</source>
        <translation>更改插值</translation>
    </message>
    <message>
        <source>layout</source>
        <translation>更改布局</translation>
    </message>
    <message>
        <source>view plane</source>
        <translation>更改视图平面</translation>
    </message>
    <message>
        <source>reset</source>
        <translation>重置视图</translation>
    </message>
    <message>
        <source>There is no preset {name}.</source>
        <translation>没有名为 {name} 的预设。</translation>
    </message>
    <message>
        <source>The presets are {names}.</source>
        <translation>可用的预设：{names}。</translation>
    </message>
    <message>
        <source>Colour images cannot be shown in 3D.</source>
        <translation>彩色图像无法以三维显示。</translation>
    </message>
    <message>
        <source>Segments and structures are drawn in volume rendering only.</source>
        <translation>分割和结构仅在容积再现中绘制。</translation>
    </message>
    <message>
        <source>This series has a single slice: there is no volume to show in 3D.</source>
        <translation>此序列仅有一层：没有可三维显示的容积。</translation>
    </message>
    <message>
        <source>The images are too small to be shown in 3D.</source>
        <translation>图像过小，无法以三维显示。</translation>
    </message>
    <message>
        <source>From file</source>
        <translation>文件自带</translation>
    </message>
    <message>
        <source>Full range</source>
        <translation>全范围</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic, more contrast</source>
        <translation>自动（高对比度）</translation>
    </message>
    <message>
        <source>Abdomen</source>
        <translation>腹窗</translation>
    </message>
    <message>
        <source>Lung</source>
        <translation>肺窗</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>骨窗</translation>
    </message>
    <message>
        <source>Brain</source>
        <translation>脑窗</translation>
    </message>
    <message>
        <source>Soft tissue</source>
        <translation>软组织窗</translation>
    </message>
    <message>
        <source>Mediastinum</source>
        <translation>纵隔窗</translation>
    </message>
    <message>
        <source>Angiography</source>
        <translation>血管造影窗</translation>
    </message>
    <message>
        <source>Liver</source>
        <translation>肝窗</translation>
    </message>
    <message>
        <source>Stroke</source>
        <translation>卒中窗</translation>
    </message>
    <message>
        <source>{quantity} 0 to {highest}</source>
        <translation>{quantity} 0–{highest}</translation>
    </message>
    <message>
        <source>The series needs {needed:.1f} GB of memory; {free:.1f} GB are free.</source>
        <translation>载入该序列需要 {needed:.1f} GB 内存；可用内存为 {free:.1f} GB。</translation>
    </message>
    <message>
        <source>Close other studies and programs.</source>
        <translation>请关闭其他检查和程序。</translation>
    </message>
    <message>
        <source>orientation {value}</source>
        <translation>方向 {value}</translation>
    </message>
    <message>
        <source>without position</source>
        <translation>无位置信息</translation>
    </message>
    <message>
        <source>size {value}</source>
        <translation>大小 {value}</translation>
    </message>
    <message>
        <source>spacing {value}</source>
        <translation>间距 {value}</translation>
    </message>
    <message>
        <source>spacing unknown</source>
        <translation>间距未知</translation>
    </message>
    <message>
        <source>colour</source>
        <translation>彩色</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>volume {value}</source>
        <translation>容积 {value}</translation>
    </message>
    <message>
        <source>echo {value}</source>
        <translation>回波 {value}</translation>
    </message>
    <message>
        <source>time {value}</source>
        <translation>时间 {value}</translation>
    </message>
    <message>
        <source>b-value {value} s/mm²</source>
        <translation>b 值 {value} s/mm²</translation>
    </message>
    <message>
        <source>phase {value} %</source>
        <translation>期相 {value} %</translation>
    </message>
    <message>
        <source>respiratory phase {value} %</source>
        <translation>呼吸期相 {value} %</translation>
    </message>
    <message>
        <source>time {value} s</source>
        <translation>时间 {value} 秒</translation>
    </message>
    <message>
        <source>TE {value} ms</source>
        <translation>TE {value} ms</translation>
    </message>
    <message>
        <source>TI {value} ms</source>
        <translation>TI {value} ms</translation>
    </message>
    <message>
        <source>flip angle {value}°</source>
        <translation>翻转角 {value}°</translation>
    </message>
    <message>
        <source>component {value}</source>
        <translation>分量 {value}</translation>
    </message>
    <message>
        <source>direction {value}</source>
        <translation>方向 {value}</translation>
    </message>
    <message>
        <source>directionality {value}</source>
        <translation>方向性 {value}</translation>
    </message>
    <message>
        <source>trigger time {value} ms</source>
        <translation>触发时间 {value} ms</translation>
    </message>
    <message>
        <source>frame time {value} ms</source>
        <translation>帧时间 {value} ms</translation>
    </message>
    <message>
        <source>type {value}</source>
        <translation>类型 {value}</translation>
    </message>
    <message>
        <source>kernel {value}</source>
        <translation>卷积核 {value}</translation>
    </message>
    <message>
        <source>stack {value}</source>
        <translation>堆栈 {value}</translation>
    </message>
    <message>
        <source>dose {value}</source>
        <translation>剂量 {value}</translation>
    </message>
    <message>
        <source>frame of reference {value}</source>
        <translation>参考坐标系 {value}</translation>
    </message>
    <message>
        <source>acquisition {value}</source>
        <translation>采集 {value}</translation>
    </message>
    <message>
        <source>acquisition time {value}</source>
        <translation>采集时间 {value}</translation>
    </message>
    <message>
        <source>{path} is no segmentation object.</source>
        <translation>{path} 不是分割对象。</translation>
    </message>
    <message>
        <source>{path}: its slices are too far apart for one grid.</source>
        <translation>{path}：层面相距太远，无法置于同一网格。</translation>
    </message>
    <message>
        <source>{path}: its frames lie on planes of {count} orientations.</source>
        <translation>{path}：各帧所在平面有 {count} 个方向。</translation>
    </message>
    <message>
        <source>Lengths are taken as millimetres in the DICOM patient frame (LPS).</source>
        <translation>长度视为 DICOM 患者坐标系 (LPS) 中的毫米。</translation>
    </message>
    <message>
        <source>Fractions: the label map holds every voxel with a fraction above 0.</source>
        <translation>分数分割：标签图包含分数大于 0 的所有体素。</translation>
    </message>
    <message>
        <source>{path}: there is no conversion from this format.</source>
        <translation>{path}：无法从此格式转换。</translation>
    </message>
    <message>
        <source>{path} holds no masks of these photographs.</source>
        <translation>{path} 中没有这些照片的蒙版。</translation>
    </message>
    <message>
        <source>{path}: there is no conversion to {suffix}.</source>
        <translation>{path}：无法转换为 {suffix}。</translation>
    </message>
    <message>
        <source>Use .dcm, .nii.gz, .nrrd, .stl, .obj, .ply or .glb.</source>
        <translation>请使用 .dcm、.nii.gz、.nrrd、.stl、.obj、.ply 或 .glb。</translation>
    </message>
    <message>
        <source>{path}: it has no place in the patient, so it can only become a label map.</source>
        <translation>{path}：没有患者空间位置，只能转换为标签图。</translation>
    </message>
    <message>
        <source>Give it with --reference.</source>
        <translation>请用 --reference 指定。</translation>
    </message>
    <message>
        <source>The contours of a structure set need a reference series.</source>
        <translation>结构集的轮廓需要参考序列。</translation>
    </message>
    <message>
        <source>{path}: the surface is not closed; what lies inside is uncertain.</source>
        <translation>{path}：表面不封闭，内部范围不确定。</translation>
    </message>
    <message>
        <source>{path}: the surface is too large for a grid of {spacing} mm.</source>
        <translation>{path}：表面过大，无法置于 {spacing} mm 的网格。</translation>
    </message>
    <message>
        <source>Converting the surface of {label}</source>
        <translation>正在转换 {label} 的表面</translation>
    </message>
    <message>
        <source>Nothing is segmented.</source>
        <translation>没有任何分割内容。</translation>
    </message>
    <message>
        <source>Lengths are millimetres in the DICOM patient frame (LPS); the file cannot say so.</source>
        <translation>长度为 DICOM 患者坐标系 (LPS) 中的毫米；文件本身无法注明。</translation>
    </message>
    <message>
        <source>The surface is stored in LPS millimetres under a node that turns it into glTF&apos;s metres.</source>
        <translation>表面以 LPS 毫米存储，由节点变换为 glTF 的米。</translation>
    </message>
    <message>
        <source>Segments overlap: written to {count} files.</source>
        <translation>分割有重叠：已写入 {count} 个文件。</translation>
    </message>
    <message>
        <source>A segmentation object or a structure set needs a reference series.</source>
        <translation>分割对象或结构集需要参考序列。</translation>
    </message>
    <message>
        <source>Call the mask of 03.jpg 03.jpg.png; black is left out.</source>
        <translation>请将 03.jpg 的蒙版命名为 03.jpg.png；黑色部分不参与重建。</translation>
    </message>
    <message>
        <source>The images cannot be referred to ({reason}).</source>
        <translation>无法引用这些图像 ({reason})。</translation>
    </message>
    <message>
        <source>{path} is no DICOM object.</source>
        <translation>{path} 不是 DICOM 对象。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>无法读取 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{path} is not JSON.</source>
        <translation>{path} 不是 JSON 文件。</translation>
    </message>
    <message>
        <source>{path} holds no cameras.</source>
        <translation>{path} 中没有相机。</translation>
    </message>
    <message>
        <source>{path}: the camera {name} is wrong: {reason}.</source>
        <translation>{path}：相机 {name} 有误：{reason}。</translation>
    </message>
    <message>
        <source>{path} is too short for a secret: {count} bytes are needed.</source>
        <translation>{path} 作为密钥太短：至少需要 {count} 字节。</translation>
    </message>
    <message>
        <source>{path} is damaged or incomplete ({kind}).</source>
        <translation>{path} 已损坏或不完整 ({kind})。</translation>
    </message>
    <message>
        <source>{path}: the reference holds no images with a place in the patient.</source>
        <translation>{path}：参考序列中没有带患者空间位置的图像。</translation>
    </message>
    <message>
        <source>{path} holds images of several series: {count}.</source>
        <translation>{path} 包含多个序列的图像：{count} 个。</translation>
    </message>
    <message>
        <source>Name the folder of one series, or import it and give its UID.</source>
        <translation>请指定单个序列的文件夹，或导入后给出其 UID。</translation>
    </message>
    <message>
        <source>{path}: its slices are irregular, no label map with one affine can hold them.</source>
        <translation>{path}：层面不规则，单一仿射变换的标签图无法容纳。</translation>
    </message>
    <message>
        <source>{path} holds no single volume.</source>
        <translation>{path} 不包含单个容积。</translation>
    </message>
    <message>
        <source>{path}: the voxels of a label map are whole numbers from 0 to 65535.</source>
        <translation>{path}：标签图的体素必须是 0 至 65535 的整数。</translation>
    </message>
    <message>
        <source>The axes of the label map are not perpendicular, as DICOM needs them.</source>
        <translation>标签图的坐标轴不垂直，而 DICOM 要求垂直。</translation>
    </message>
    <message>
        <source>{path} is neither a file nor a series of the library.</source>
        <translation>{path} 既不是文件，也不是影像库中的序列。</translation>
    </message>
    <message>
        <source>{path} holds no surface.</source>
        <translation>{path} 不包含表面。</translation>
    </message>
    <message>
        <source>{path} is no structure set.</source>
        <translation>{path} 不是结构集。</translation>
    </message>
    <message>
        <source>Drawing the contours</source>
        <translation>正在绘制轮廓</translation>
    </message>
    <message>
        <source>Contours that lie on no slice of the reference: {count}.</source>
        <translation>不在参考序列任何层面上的轮廓：{count} 条。</translation>
    </message>
    <message>
        <source>Contours that are no closed planes are left out: {count}.</source>
        <translation>已略去非闭合平面的轮廓：{count} 条。</translation>
    </message>
    <message>
        <source>{name} is a DICOMDIR: it lists files and is not copied.</source>
        <translation>{name} 是 DICOMDIR，仅列出文件，不予复制。</translation>
    </message>
    <message>
        <source>{name} cannot be read or its copy not written: {reason}.</source>
        <translation>{name} 无法读取，或其副本无法写入：{reason}。</translation>
    </message>
    <message>
        <source>{name} is damaged or breaks the rules of DICOM.</source>
        <translation>{name} 已损坏，或不符合 DICOM 规则。</translation>
    </message>
    <message>
        <source>{name} does not say which DICOM object it is (SOP class and instance).</source>
        <translation>{name} 未说明是哪个 DICOM 对象（SOP 类和 SOP 实例）。</translation>
    </message>
    <message>
        <source>{name} encloses a document, which cannot be cleaned.</source>
        <translation>{name} 内含文档，无法清除其中的信息。</translation>
    </message>
    <message>
        <source>{name} may show text in its picture: look at it.</source>
        <translation>{name} 的图像中可能有文字，请查看。</translation>
    </message>
    <message>
        <source>{name} may show text in its picture, and no rule says where: it was not cleaned, look at it.</source>
        <translation>{name} 的图像中可能有文字，且没有规则说明其位置：未清除，请查看。</translation>
    </message>
    <message>
        <source>{name}: its pixels cannot be decoded and cleaned.</source>
        <translation>{name}：其像素无法解码，因此无法清除。</translation>
    </message>
    <message>
        <source>retain-dates and retain-full-dates exclude one another.</source>
        <translation>retain-dates 与 retain-full-dates 不能同时使用。</translation>
    </message>
    <message>
        <source>Choose one of the two.</source>
        <translation>请选择其中之一。</translation>
    </message>
    <message>
        <source>{path} is no report of measurements.</source>
        <translation>{path} 不是测量报告。</translation>
    </message>
    <message>
        <source>The report holds no measurements.</source>
        <translation>报告中没有测量值。</translation>
    </message>
    <message>
        <source>There is no uptake value: {tag} is missing or does not allow it.</source>
        <translation>无法计算摄取值 (SUV)：{tag} 缺失或不满足条件。</translation>
    </message>
    <message>
        <source>{path} is no {kind}.</source>
        <translation>{path} 不是 {kind}。</translation>
    </message>
    <message>
        <source>{path} holds several maps at one place.</source>
        <translation>{path} 在同一位置有多幅图。</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均值</translation>
    </message>
    <message>
        <source>Lowest</source>
        <translation>最低值</translation>
    </message>
    <message>
        <source>Highest</source>
        <translation>最高值</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>SD</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>P5</source>
        <translation>P5</translation>
    </message>
    <message>
        <source>P95</source>
        <translation>P95</translation>
    </message>
    <message>
        <source>Surface area</source>
        <translation>表面积</translation>
    </message>
    <message>
        <source>Centre, RAS</source>
        <translation>中心 (RAS)</translation>
    </message>
    <message>
        <source>{path}: colours cannot be measured.</source>
        <translation>{path}：无法测量彩色图像。</translation>
    </message>
    <message>
        <source>Labels and image lie on different grids; each label voxel takes the nearest value.</source>
        <translation>标签与图像的网格不同；每个标签体素取最近的值。</translation>
    </message>
    <message>
        <source>it is not the AE title {aet}</source>
        <translation>其 AE 标题不是 {aet}</translation>
    </message>
    <message>
        <source>it does not know our AE title {aet}</source>
        <translation>它不认识本机的 AE 标题 {aet}</translation>
    </message>
    <message>
        <source>the file cannot be read: {reason}</source>
        <translation>无法读取文件：{reason}</translation>
    </message>
    <message>
        <source>the file lacks what every DICOM object has</source>
        <translation>文件缺少每个 DICOM 对象都有的内容</translation>
    </message>
    <message>
        <source>{peer} does not accept {kind} in the encoding {encoding}.</source>
        <translation>{peer} 不接受以 {encoding} 编码的 {kind}。</translation>
    </message>
    <message>
        <source>{peer} has no images of the study {uid}.</source>
        <translation>{peer} 没有检查 {uid} 的图像。</translation>
    </message>
    <message>
        <source>Images received: {count} of {total}</source>
        <translation>已接收图像：{count}/{total}</translation>
    </message>
    <message>
        <source>{error} {count} of {total} images are here.</source>
        <translation>{error}已收到 {count}/{total} 幅图像。</translation>
    </message>
    <message>
        <source>Get the study again to receive the rest.</source>
        <translation>再次获取该检查即可接收其余图像。</translation>
    </message>
    <message>
        <source>{peer} cannot be reached: {reason}.</source>
        <translation>无法连接 {peer}：{reason}。</translation>
    </message>
    <message>
        <source>it did not answer in time</source>
        <translation>未及时应答</translation>
    </message>
    <message>
        <source>the secure connection failed ({detail})</source>
        <translation>安全连接失败 ({detail})</translation>
    </message>
    <message>
        <source>the host is not known</source>
        <translation>找不到该主机</translation>
    </message>
    <message>
        <source>the connection was refused</source>
        <translation>连接被拒绝</translation>
    </message>
    <message>
        <source>{peer} does not accept the connection: {reason}.</source>
        <translation>{peer} 不接受连接：{reason}。</translation>
    </message>
    <message>
        <source>{peer} does not offer {service}.</source>
        <translation>{peer} 不提供 {service}。</translation>
    </message>
    <message>
        <source>{peer} ended the connection without an answer.</source>
        <translation>{peer} 未应答便结束了连接。</translation>
    </message>
    <message>
        <source>Our AE title {aet} may not be registered there.</source>
        <translation>本机的 AE 标题 {aet} 可能未在那里登记。</translation>
    </message>
    <message>
        <source>{peer} could not do it: it answered with the status {status}.</source>
        <translation>{peer} 无法完成：它应答的状态为 {status}。</translation>
    </message>
    <message>
        <source>It wants a valid bearer token (--token).</source>
        <translation>它需要有效的持有者令牌 (--token)。</translation>
    </message>
    <message>
        <source>{peer} gave an answer that cannot be read.</source>
        <translation>{peer} 的应答无法解读。</translation>
    </message>
    <message>
        <source>{peer} is spoken to without encryption; use https where it can.</source>
        <translation>与 {peer} 的通信未加密；如可行，请使用 https。</translation>
    </message>
    <message>
        <source>{aet} is not an AE title: it has 1 to 16 ASCII characters.</source>
        <translation>{aet} 不是 AE 标题：AE 标题有 1 到 16 个 ASCII 字符。</translation>
    </message>
    <message>
        <source>{address} is neither a saved server nor the address of one.</source>
        <translation>{address} 既不是已保存的服务器，也不是服务器地址。</translation>
    </message>
    <message>
        <source>Write dimse://AET@host:104 or https://host/dicom-web.</source>
        <translation>请写成 dimse://AET@host:104 或 https://host/dicom-web。</translation>
    </message>
    <message>
        <source>{name} cannot be the name of a server: leave out spaces and / : @.</source>
        <translation>{name} 不能作为服务器名称：请去掉空格和 / : @。</translation>
    </message>
    <message>
        <source>There is no saved server {name}.</source>
        <translation>没有已保存的服务器 {name}。</translation>
    </message>
    <message>
        <source>Images received: {count}</source>
        <translation>已接收图像：{count}</translation>
    </message>
    <message>
        <source>{dates} is not a date or a range such as 20260101-20260131.</source>
        <translation>{dates} 不是日期，也不是 20260101-20260131 这样的范围。</translation>
    </message>
    <message>
        <source>What was not sent waits in the queue: sense pacs queue --retry.</source>
        <translation>未发送的内容在队列中等待：sense pacs queue --retry。</translation>
    </message>
    <message>
        <source>Images sent: {count} of {total}</source>
        <translation>已发送图像：{count}/{total}</translation>
    </message>
    <message>
        <source>it is no longer in the library</source>
        <translation>它已不在影像库中</translation>
    </message>
    <message>
        <source>the server refused it</source>
        <translation>服务器拒绝了它</translation>
    </message>
    <message>
        <source>The port {port} cannot be listened on: {reason}.</source>
        <translation>无法监听端口 {port}：{reason}。</translation>
    </message>
    <message>
        <source>the file cannot be read as DICOM</source>
        <translation>文件无法作为 DICOM 读取</translation>
    </message>
    <message>
        <source>Test {peer}</source>
        <translation>测试 {peer}</translation>
    </message>
    <message>
        <source>Search {peer}</source>
        <translation>检索 {peer}</translation>
    </message>
    <message>
        <source>Get study from {peer}</source>
        <translation>从 {peer} 获取检查</translation>
    </message>
    <message>
        <source>Send series to {peer}</source>
        <translation>发送序列到 {peer}</translation>
    </message>
    <message>
        <source>Send what waits</source>
        <translation>发送等待的内容</translation>
    </message>
    <message>
        <source>{path}: the library cannot be written: {reason}.</source>
        <translation>{path}：无法写入影像库：{reason}。</translation>
    </message>
    <message>
        <source>Free space on its disk, or choose another library folder.</source>
        <translation>请在其所在磁盘上腾出空间，或选择其他影像库文件夹。</translation>
    </message>
    <message>
        <source>{path}: its dose is in no known unit.</source>
        <translation>{path}：其剂量的单位未知。</translation>
    </message>
    <message>
        <source>{path}: without a scaling of its grid its dose is unknown.</source>
        <translation>{path}：缺少剂量网格的缩放系数，剂量未知。</translation>
    </message>
    <message>
        <source>{path}: it does not say where its dose lies in the patient.</source>
        <translation>{path}：未说明剂量在患者体内的位置。</translation>
    </message>
    <message>
        <source>Segmentation</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>Structure set</source>
        <translation>结构集</translation>
    </message>
    <message>
        <source>Colour wash</source>
        <translation>彩色填充</translation>
    </message>
    <message>
        <source>100 % is the prescribed dose: {dose:.2f} Gy.</source>
        <translation>100 % 为处方剂量：{dose:.2f} Gy。</translation>
    </message>
    <message>
        <source>100 % is the largest dose.</source>
        <translation>100 % 为最大剂量。</translation>
    </message>
    <message>
        <source>Dose</source>
        <translation>剂量</translation>
    </message>
    <message>
        <source>Dose {percent:.1f} %</source>
        <translation>剂量 {percent:.1f} %</translation>
    </message>
    <message>
        <source>Dose {dose:.2f} Gy ({percent:.1f} %)</source>
        <translation>剂量 {dose:.2f} Gy ({percent:.1f} %)</translation>
    </message>
    <message>
        <source>Treatment plan</source>
        <translation>治疗计划</translation>
    </message>
    <message>
        <source>Parametric map</source>
        <translation>参数图</translation>
    </message>
    <message>
        <source>Real-world values</source>
        <translation>真实世界值</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Key images</source>
        <translation>关键图像</translation>
    </message>
    <message>
        <source>Presentation state</source>
        <translation>显示状态</translation>
    </message>
    <message>
        <source>Annotations</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Read {kind}</source>
        <translation>读取{kind}</translation>
    </message>
    <message>
        <source>The annotations are of other images than those that are open.</source>
        <translation>这些标注属于其他图像，不是当前打开的图像。</translation>
    </message>
    <message>
        <source>{label}: {count}</source>
        <translation>{label}：{count}</translation>
    </message>
    <message>
        <source>Image {number}</source>
        <translation>第 {number} 幅图像</translation>
    </message>
    <message>
        <source>Key images that are not in this series: {count}</source>
        <translation>不在此序列中的关键图像：{count}</translation>
    </message>
    <message>
        <source>The report marks no place on these images.</source>
        <translation>该报告没有在这些图像上标出位置。</translation>
    </message>
    <message>
        <source>What is marked in another frame of reference is not drawn.</source>
        <translation>在其他参考坐标系中标出的内容不予绘制。</translation>
    </message>
    <message>
        <source>presentation state</source>
        <translation>呈现状态</translation>
    </message>
    <message>
        <source>The value table of the state is shown as a window.</source>
        <translation>该状态的数值查找表按窗宽/窗位显示。</translation>
    </message>
    <message>
        <source>Images have windows of their own; that of the image in sight is taken.</source>
        <translation>各图像有自己的窗宽/窗位；这里采用当前所见图像的。</translation>
    </message>
    <message>
        <source>Drawings: {count}</source>
        <translation>图形：{count}</translation>
    </message>
    <message>
        <source>Texts: {count}</source>
        <translation>文字：{count}</translation>
    </message>
    <message>
        <source>Shutter</source>
        <translation>遮光框</translation>
    </message>
    <message>
        <source>{name} may show a face, and where is not known from its orientation and coverage: it was not defaced.</source>
        <translation>{name} 可能显示面部，但无法从其方位和覆盖范围得知面部位置：未去除面部。</translation>
    </message>
    <message>
        <source>Looking for faces</source>
        <translation>正在查找面部</translation>
    </message>
    <message>
        <source>Stored values</source>
        <translation>存储值</translation>
    </message>
    <message>
        <source>SUV by body weight</source>
        <translation>按体重的 SUV</translation>
    </message>
    <message>
        <source>SUV by lean body mass</source>
        <translation>按瘦体重的 SUV</translation>
    </message>
    <message>
        <source>SUV by body surface</source>
        <translation>按体表面积的 SUV</translation>
    </message>
    <message>
        <source>{across} mm across, {down} mm down in the region</source>
        <translation>区域内：横 {across} mm，纵 {down} mm</translation>
    </message>
    <message>
        <source>There is no uptake value: the images differ in dose or time.</source>
        <translation>无法计算摄取值 (SUV)：各图像的剂量或时间不一致。</translation>
    </message>
    <message>
        <source>{path}: the images have no place in the patient to draw it at.</source>
        <translation>{path}：图像没有在患者体内的位置，无法绘制。</translation>
    </message>
    <message>
        <source>{kind}: its images are not in the library.</source>
        <translation>{kind}：影像库中没有其所依据的图像。</translation>
    </message>
    <message>
        <source>Import them to see it in its place.</source>
        <translation>请导入这些图像，以便在其位置上显示。</translation>
    </message>
    <message>
        <source>It has no place in the patient and is not shaped as the images.</source>
        <translation>该对象没有在患者体内的位置，且形状与图像不同。</translation>
    </message>
    <message>
        <source>{path}: its PDF is damaged, or locked by a password.</source>
        <translation>{path}：其中的 PDF 已损坏，或受密码保护。</translation>
    </message>
    <message>
        <source>{path}: page {number} of its PDF cannot be shown.</source>
        <translation>{path}：其中 PDF 的第 {number} 页无法显示。</translation>
    </message>
    <message>
        <source>Prescription</source>
        <translation>处方</translation>
    </message>
    <message>
        <source>Fractions</source>
        <translation>分次</translation>
    </message>
    <message>
        <source>Beams</source>
        <translation>射野</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Dose (Gy)</source>
        <translation>剂量 (Gy)</translation>
    </message>
    <message>
        <source>Least (Gy)</source>
        <translation>最小 (Gy)</translation>
    </message>
    <message>
        <source>Greatest (Gy)</source>
        <translation>最大 (Gy)</translation>
    </message>
    <message>
        <source>Planned</source>
        <translation>计划次数</translation>
    </message>
    <message>
        <source>Beam</source>
        <translation>射野</translation>
    </message>
    <message>
        <source>Meterset</source>
        <translation>机器跳数</translation>
    </message>
    <message>
        <source>Radiation</source>
        <translation>射线</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Gantry</source>
        <translation>机架</translation>
    </message>
    <message>
        <source>Collimator</source>
        <translation>准直器</translation>
    </message>
    <message>
        <source>Couch</source>
        <translation>治疗床</translation>
    </message>
    <message>
        <source>Isocentre (mm)</source>
        <translation>等中心 (mm)</translation>
    </message>
    <message>
        <source>Control points</source>
        <translation>控制点</translation>
    </message>
    <message>
        <source>Modifiers</source>
        <translation>修饰器</translation>
    </message>
    <message>
        <source>target</source>
        <translation>靶区</translation>
    </message>
    <message>
        <source>organ at risk</source>
        <translation>危及器官</translation>
    </message>
    <message>
        <source>static</source>
        <translation>静态</translation>
    </message>
    <message>
        <source>dynamic</source>
        <translation>动态</translation>
    </message>
    <message>
        <source>photons</source>
        <translation>光子</translation>
    </message>
    <message>
        <source>electrons</source>
        <translation>电子</translation>
    </message>
    <message>
        <source>protons</source>
        <translation>质子</translation>
    </message>
    <message>
        <source>ions</source>
        <translation>离子</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>已批准</translation>
    </message>
    <message>
        <source>not approved</source>
        <translation>未批准</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>已拒绝</translation>
    </message>
    <message>
        <source>curative</source>
        <translation>根治</translation>
    </message>
    <message>
        <source>palliative</source>
        <translation>姑息</translation>
    </message>
    <message>
        <source>verification</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>site</source>
        <translation>部位</translation>
    </message>
    <message>
        <source>volume</source>
        <translation>容积</translation>
    </message>
    <message>
        <source>point</source>
        <translation>点</translation>
    </message>
    <message>
        <source>coordinates</source>
        <translation>坐标</translation>
    </message>
    <message>
        <source>clockwise</source>
        <translation>顺时针</translation>
    </message>
    <message>
        <source>anticlockwise</source>
        <translation>逆时针</translation>
    </message>
    <message>
        <source>Wedges: {count}</source>
        <translation>楔形板：{count}</translation>
    </message>
    <message>
        <source>Blocks: {count}</source>
        <translation>挡块：{count}</translation>
    </message>
    <message>
        <source>Boli: {count}</source>
        <translation>组织补偿膜：{count}</translation>
    </message>
    <message>
        <source>Compensators: {count}</source>
        <translation>补偿器：{count}</translation>
    </message>
    <message>
        <source>complete</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>not complete</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>已审核</translation>
    </message>
    <message>
        <source>not verified</source>
        <translation>未审核</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>points</source>
        <translation>多点</translation>
    </message>
    <message>
        <source>polyline</source>
        <translation>折线</translation>
    </message>
    <message>
        <source>polygon</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>circle</source>
        <translation>圆</translation>
    </message>
    <message>
        <source>ellipse</source>
        <translation>椭圆</translation>
    </message>
    <message>
        <source>ellipsoid</source>
        <translation>椭球</translation>
    </message>
    <message>
        <source>Images: {count}</source>
        <translation>图像：{count}</translation>
    </message>
    <message>
        <source>Imaging measurement report</source>
        <translation>影像测量报告</translation>
    </message>
    <message>
        <source>Imaging measurements</source>
        <translation>影像测量</translation>
    </message>
    <message>
        <source>Measurement group</source>
        <translation>测量组</translation>
    </message>
    <message>
        <source>Image library</source>
        <translation>图像库</translation>
    </message>
    <message>
        <source>Group of images</source>
        <translation>图像组</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>所见</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>所见</translation>
    </message>
    <message>
        <source>Finding site</source>
        <translation>所见部位</translation>
    </message>
    <message>
        <source>Tracking identifier</source>
        <translation>跟踪标识</translation>
    </message>
    <message>
        <source>Tracking unique identifier</source>
        <translation>跟踪唯一标识</translation>
    </message>
    <message>
        <source>Procedure reported</source>
        <translation>报告的检查</translation>
    </message>
    <message>
        <source>Observer type</source>
        <translation>观察者类型</translation>
    </message>
    <message>
        <source>Observer</source>
        <translation>观察者</translation>
    </message>
    <message>
        <source>Observer&apos;s organisation</source>
        <translation>观察者的机构</translation>
    </message>
    <message>
        <source>Observing device</source>
        <translation>观察设备</translation>
    </message>
    <message>
        <source>Name of the observing device</source>
        <translation>观察设备名称</translation>
    </message>
    <message>
        <source>Manufacturer of the observing device</source>
        <translation>观察设备制造商</translation>
    </message>
    <message>
        <source>Model of the observing device</source>
        <translation>观察设备型号</translation>
    </message>
    <message>
        <source>Serial number of the observing device</source>
        <translation>观察设备序列号</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Country of the language</source>
        <translation>语言的国家</translation>
    </message>
    <message>
        <source>Measurement method</source>
        <translation>测量方法</translation>
    </message>
    <message>
        <source>Derivation</source>
        <translation>导出方式</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>体积</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Long and short axis</source>
        <translation>长径和短径</translation>
    </message>
    <message>
        <source>Length across slices</source>
        <translation>跨层长度</translation>
    </message>
    <message>
        <source>Angle</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>Cobb angle</source>
        <translation>Cobb 角</translation>
    </message>
    <message>
        <source>Cardiothoracic ratio</source>
        <translation>心胸比</translation>
    </message>
    <message>
        <source>Limb alignment</source>
        <translation>下肢力线</translation>
    </message>
    <message>
        <source>Ellipse</source>
        <translation>椭圆</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>矩形</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>Freehand</source>
        <translation>手绘</translation>
    </message>
    <message>
        <source>Smooth curve</source>
        <translation>平滑曲线</translation>
    </message>
    <message>
        <source>Sphere</source>
        <translation>球体</translation>
    </message>
    <message>
        <source>Value at a point</source>
        <translation>单点数值</translation>
    </message>
    <message>
        <source>Values along a line</source>
        <translation>沿线数值</translation>
    </message>
    <message>
        <source>Arrow</source>
        <translation>箭头</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Diameter</source>
        <translation>直径</translation>
    </message>
    <message>
        <source>Perimeter</source>
        <translation>周长</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>面积</translation>
    </message>
    <message>
        <source>Heart</source>
        <translation>心脏</translation>
    </message>
    <message>
        <source>Chest</source>
        <translation>胸廓</translation>
    </message>
    <message>
        <source>Hip-knee-ankle angle</source>
        <translation>髋膝踝角</translation>
    </message>
    <message>
        <source>Mechanical axis deviation</source>
        <translation>机械轴偏移</translation>
    </message>
    <message>
        <source>Hip to knee</source>
        <translation>髋至膝</translation>
    </message>
    <message>
        <source>Hip to ankle</source>
        <translation>髋至踝</translation>
    </message>
    <message>
        <source>Long axis</source>
        <translation>长轴</translation>
    </message>
    <message>
        <source>Short axis</source>
        <translation>短轴</translation>
    </message>
    <message>
        <source>Image region</source>
        <translation>图像区域</translation>
    </message>
    <message>
        <source>Segment</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>Source series</source>
        <translation>来源序列</translation>
    </message>
    <message>
        <source>Source image</source>
        <translation>来源图像</translation>
    </message>
    <message>
        <source>Real-world value map</source>
        <translation>真实值映射</translation>
    </message>
    <message>
        <source>Qualitative evaluations</source>
        <translation>定性评价</translation>
    </message>
    <message>
        <source>Impression</source>
        <translation>印象</translation>
    </message>
    <message>
        <source>Impressions</source>
        <translation>印象</translation>
    </message>
    <message>
        <source>Conclusions</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Conclusion</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>History</source>
        <translation>病史</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>检查申请</translation>
    </message>
    <message>
        <source>Procedure description</source>
        <translation>检查描述</translation>
    </message>
    <message>
        <source>Recommendations</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>Recommendation</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>Indications for the procedure</source>
        <translation>检查指征</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>设备类型</translation>
    </message>
    <message>
        <source>Study date</source>
        <translation>检查日期</translation>
    </message>
    <message>
        <source>Study time</source>
        <translation>检查时间</translation>
    </message>
    <message>
        <source>Acquisition date</source>
        <translation>采集日期</translation>
    </message>
    <message>
        <source>Acquisition time</source>
        <translation>采集时间</translation>
    </message>
    <message>
        <source>Content date</source>
        <translation>内容日期</translation>
    </message>
    <message>
        <source>Content time</source>
        <translation>内容时间</translation>
    </message>
    <message>
        <source>Frame of reference</source>
        <translation>参考坐标系</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列数</translation>
    </message>
    <message>
        <source>Series</source>
        <translation>序列</translation>
    </message>
    <message>
        <source>Activity session</source>
        <translation>活动会话</translation>
    </message>
    <message>
        <source>Time point</source>
        <translation>时间点</translation>
    </message>
    <message>
        <source>Normality</source>
        <translation>正常性</translation>
    </message>
    <message>
        <source>Topographical modifier</source>
        <translation>部位限定</translation>
    </message>
    <message>
        <source>Laterality</source>
        <translation>侧别</translation>
    </message>
    <message>
        <source>Level of significance</source>
        <translation>显著程度</translation>
    </message>
    <message>
        <source>Of interest</source>
        <translation>值得关注</translation>
    </message>
    <message>
        <source>Diagnostic imaging report</source>
        <translation>影像诊断报告</translation>
    </message>
    <message>
        <source>Radiology report</source>
        <translation>放射学报告</translation>
    </message>
    <message>
        <source>Study observation</source>
        <translation>检查所见</translation>
    </message>
    <message>
        <source>Current procedure description</source>
        <translation>当前检查描述</translation>
    </message>
    <message>
        <source>Comparison with earlier studies</source>
        <translation>与既往检查比较</translation>
    </message>
    <message>
        <source>The image is not in the library.</source>
        <translation>该图像不在影像库中。</translation>
    </message>
    <message>
        <source>A value map that is a table cannot be told for a whole series.</source>
        <translation>以查找表给出的数值映射无法用于整个序列。</translation>
    </message>
    <message>
        <source>The images do not share one mapping from their values to this quantity.</source>
        <translation>各图像的数值到此量的映射不一致。</translation>
    </message>
    <message>
        <source>The value maps are of other images than those that are open.</source>
        <translation>这些数值映射属于其他图像，不是当前打开的图像。</translation>
    </message>
    <message>
        <source>Missing values that a DICOMDIR must name were made up: {count}.</source>
        <translation>DICOMDIR 必须写明而文件中缺少的值已自行填入：{count}。</translation>
    </message>
    <message>
        <source>Files that no DICOMDIR can list: {count}.</source>
        <translation>无法列入 DICOMDIR 的文件：{count}。</translation>
    </message>
    <message>
        <source>Files in a transfer syntax that media do not allow: {count}.</source>
        <translation>传输语法不为介质所允许的文件：{count}。</translation>
    </message>
    <message>
        <source>A label map cannot hold segments that overlap or have fractions; write binary segments.</source>
        <translation>标签图不能包含相互重叠或带有分数值的分割；请写为二值分割。</translation>
    </message>
    <message>
        <source>{path} is not a list of boxes as sense find-text writes it.</source>
        <translation>{path} 不是 sense find-text 写出的方框列表。</translation>
    </message>
    <message>
        <source>Looking for text and faces</source>
        <translation>正在查找文字和面部</translation>
    </message>
    <message>
        <source>De-identifying</source>
        <translation>正在去标识化</translation>
    </message>
    <message>
        <source>{path}: the certificate, its key or the authorities cannot be used.</source>
        <translation>{path}：无法使用该证书、其密钥或证书颁发机构。</translation>
    </message>
    <message>
        <source>--key and --ca need --certificate.</source>
        <translation>--key 和 --ca 需要 --certificate。</translation>
    </message>
    <message>
        <source>it is one of {count} that fit one another, but not the others</source>
        <translation>它与另外几张（共 {count} 张）彼此吻合，但与其余照片不吻合</translation>
    </message>
    <message>
        <source>{path} holds no volume that can be shown.</source>
        <translation>{path} 中没有可显示的容积。</translation>
    </message>
    <message>
        <source>{path} holds {count} volumes: the first is shown.</source>
        <translation>{path} 含有多个容积（{count}）：显示第一个。</translation>
    </message>
    <message>
        <source>{path} is no camera file.</source>
        <translation>{path} 不是相机文件。</translation>
    </message>
    <message>
        <source>It holds position, focal_point and view_up as [x, y, z], not on one line, and view_angle_deg.</source>
        <translation>其中 position、focal_point 和 view_up 为 [x, y, z]，三者不共线，另有 view_angle_deg。</translation>
    </message>
    <message>
        <source>Reconstruct them apart if they show something else; else add photographs in between.</source>
        <translation>如果它们拍的是别的东西，请单独重建；否则请补拍中间的照片。</translation>
    </message>
    <message>
        <source>{path}: a picture is written as NAME.png.</source>
        <translation>{path}：图片须以 NAME.png 的形式写入。</translation>
    </message>
    <message>
        <source>A turntable has 1 to {most} pictures.</source>
        <translation>旋转一周的图片数为 1 至 {most}。</translation>
    </message>
    <message>
        <source>{path} is no volume: preset, mode and clip planes are the look of a volume.</source>
        <translation>{path} 不是容积：预设、模式和剖切面属于容积的外观。</translation>
    </message>
    <message>
        <source>Only volumes can be fused.</source>
        <translation>只有容积可以融合。</translation>
    </message>
    <message>
        <source>Volumes are fused by the native renderer alone.</source>
        <translation>容积仅由原生渲染器融合。</translation>
    </message>
    <message>
        <source>Labels are drawn in a volume by the native renderer, with a preset that is no projection.</source>
        <translation>标签由本程序的渲染器绘制在容积中，且所用预设不能是投影。</translation>
    </message>
    <message>
        <source>{path} is no volume: surfaces are drawn in a volume.</source>
        <translation>{path} 不是容积：表面须绘制在容积中。</translation>
    </message>
    <message>
        <source>Surfaces are drawn in a volume by the native renderer alone.</source>
        <translation>容积中的表面只能由本程序的渲染器绘制。</translation>
    </message>
    <message>
        <source>{path} is a single slice: there is no volume to show in 3D.</source>
        <translation>{path} 只有一个层面：没有可三维显示的容积。</translation>
    </message>
    <message>
        <source>{path} needs the glTF extension {name}, which is not read.</source>
        <translation>{path} 需要 glTF 扩展 {name}，本程序不支持读取。</translation>
    </message>
    <message>
        <source>{path} holds no surface and no points.</source>
        <translation>{path} 中没有表面，也没有点。</translation>
    </message>
    <message>
        <source>Read surfaces</source>
        <translation>读取表面</translation>
    </message>
    <message>
        <source>overlays: middle plane</source>
        <translation>叠加层：中间平面</translation>
    </message>
    <message>
        <source>The graphics processor could not draw: {reason}.</source>
        <translation>图形处理器无法绘制：{reason}。</translation>
    </message>
    <message>
        <source>{path} is not a valid model card: {field} is missing or wrong.</source>
        <translation>{path} 不是有效的模型卡片：{field} 缺失或有误。</translation>
    </message>
    <message>
        <source>{path} is not a model card.</source>
        <translation>{path} 不是模型卡片。</translation>
    </message>
    <message>
        <source>{path}: the licence {licence} is not known.</source>
        <translation>{path}：许可证 {licence} 未知。</translation>
    </message>
    <message>
        <source>Known licences: {names}.</source>
        <translation>已知的许可证：{names}。</translation>
    </message>
    <message>
        <source>{path} keeps weights in {name}, which its card does not list.</source>
        <translation>{path} 的权重存放在 {name} 中，而其卡片未列出该文件。</translation>
    </message>
    <message>
        <source>{path} keeps weights outside its own folder ({location}).</source>
        <translation>{path} 的权重存放在其文件夹之外 ({location})。</translation>
    </message>
    <message>
        <source>{path}: there is no such file.</source>
        <translation>{path}：没有这个文件。</translation>
    </message>
    <message>
        <source>{path}: a volume in colour is not taken.</source>
        <translation>{path}：不接受彩色容积。</translation>
    </message>
    <message>
        <source>MediaPipe is not installed.</source>
        <translation>没有安装 MediaPipe。</translation>
    </message>
    <message>
        <source>{path} cannot be loaded by MediaPipe.</source>
        <translation>MediaPipe 无法加载 {path}。</translation>
    </message>
    <message>
        <source>MediaPipe cannot start: {reason}.</source>
        <translation>无法启动 MediaPipe：{reason}。</translation>
    </message>
    <message>
        <source>On Debian and Ubuntu it needs the package libgles2.</source>
        <translation>在 Debian 和 Ubuntu 上需要软件包 libgles2。</translation>
    </message>
    <message>
        <source>{path} does not have the SHA-256 that its model card gives.</source>
        <translation>{path} 的 SHA-256 与其模型卡片所给的不符。</translation>
    </message>
    <message>
        <source>{path}: its card describes other inputs or outputs ({names}).</source>
        <translation>{path}：其卡片描述的输入或输出与模型不同 ({names})。</translation>
    </message>
    <message>
        <source>{path}: the card has {labels} labels for {output}, which has {channels} channels.</source>
        <translation>{path}：卡片为 {output} 给出 {labels} 个标签，而它有 {channels} 个通道。</translation>
    </message>
    <message>
        <source>{path} is larger than 2 GB, which an ONNX file cannot be.</source>
        <translation>{path} 大于 2 GB，而 ONNX 文件不能超过此大小。</translation>
    </message>
    <message>
        <source>Export it with its weights in a data file beside it.</source>
        <translation>导出时请将权重存放在旁边的数据文件中。</translation>
    </message>
    <message>
        <source>{path} cannot be loaded: it crashes, hangs or needs too much memory.</source>
        <translation>无法加载 {path}：它崩溃、无响应或需要过多内存。</translation>
    </message>
    <message>
        <source>{path} is damaged or not an ONNX file.</source>
        <translation>{path} 已损坏或不是 ONNX 文件。</translation>
    </message>
    <message>
        <source>{path} is nothing that the model {name} takes.</source>
        <translation>模型 {name} 不接受 {path}。</translation>
    </message>
    <message>
        <source>It takes grey pictures and series of a single image.</source>
        <translation>它接受灰度图片和只有一幅图像的序列。</translation>
    </message>
    <message>
        <source>It takes volumes of several slices.</source>
        <translation>它接受包含多个层面的体数据。</translation>
    </message>
    <message>
        <source>It takes {kinds}, or a .npz file with prepared arrays.</source>
        <translation>它接受 {kinds}，或含有已准备好的数组的 .npz 文件。</translation>
    </message>
    <message>
        <source>{path} is damaged or not a file of arrays.</source>
        <translation>{path} 已损坏或不是数组文件。</translation>
    </message>
    <message>
        <source>{path} does not hold the arrays {names}.</source>
        <translation>{path} 不含数组 {names}。</translation>
    </message>
    <message>
        <source>{path} holds no picture that can be read.</source>
        <translation>{path} 中没有可读取的图片。</translation>
    </message>
    <message>
        <source>Camera {number} is not there, or another program uses it.</source>
        <translation>摄像头 {number} 不存在，或正被其他程序使用。</translation>
    </message>
    <message>
        <source>Camera {number} gives no pictures any more.</source>
        <translation>摄像头 {number} 不再提供画面。</translation>
    </message>
    <message>
        <source>Connect it again and start anew.</source>
        <translation>请重新连接后再次开始。</translation>
    </message>
    <message>
        <source>{path} holds no pictures.</source>
        <translation>{path} 中没有图片。</translation>
    </message>
    <message>
        <source>{path} is damaged or not a picture.</source>
        <translation>{path} 已损坏或不是图片。</translation>
    </message>
    <message>
        <source>{path} is damaged or not a film that can be read.</source>
        <translation>{path} 已损坏，或不是可读取的视频。</translation>
    </message>
    <message>
        <source>{path} is not the name of a .npz file.</source>
        <translation>{path} 不是 .npz 文件的名称。</translation>
    </message>
    <message>
        <source>{path} must hold two pictures at least.</source>
        <translation>{path} 中必须至少有两张图片。</translation>
    </message>
    <message>
        <source>The model {name} takes too long.</source>
        <translation>模型 {name} 耗时过长。</translation>
    </message>
    <message>
        <source>The model {name} crashed or needs too much memory.</source>
        <translation>模型 {name} 崩溃或需要过多内存。</translation>
    </message>
    <message>
        <source>{path} cannot take this input: {reason}.</source>
        <translation>{path} 不能接受此输入：{reason}。</translation>
    </message>
    <message>
        <source>{path} cannot be run by ONNX Runtime: {reason}.</source>
        <translation>ONNX Runtime 无法运行 {path}：{reason}。</translation>
    </message>
    <message>
        <source>There is no version of {name} before {version}.</source>
        <translation>{name} 没有早于 {version} 的版本。</translation>
    </message>
    <message>
        <source>{path} has no model card.</source>
        <translation>{path} 没有模型卡片。</translation>
    </message>
    <message>
        <source>Its card must lie beside it as {name}.</source>
        <translation>其卡片必须以 {name} 为名存放在旁边。</translation>
    </message>
    <message>
        <source>The model {name} is in the store already.</source>
        <translation>模型 {name} 已在模型库中。</translation>
    </message>
    <message>
        <source>See sense models list.</source>
        <translation>请参阅 sense models list。</translation>
    </message>
    <message>
        <source>There is no model {name} in the store.</source>
        <translation>模型库中没有模型 {name}。</translation>
    </message>
    <message>
        <source>{path} is the card of another model.</source>
        <translation>{path} 是另一个模型的卡片。</translation>
    </message>
    <message>
        <source>Save turntable</source>
        <translation>保存旋转影片</translation>
    </message>
    <message>
        <source>{path} holds no labels that can be laid over a volume.</source>
        <translation>{path} 中没有可叠加到容积上的标签。</translation>
    </message>
    <message>
        <source>{path} is damaged or not the package of a pack.</source>
        <translation>{path} 已损坏或不是模型包的安装文件。</translation>
    </message>
    <message>
        <source>{path} does not hold {names}, which the pack {pack} needs.</source>
        <translation>{path} 中没有模型包 {pack} 所需的 {names}。</translation>
    </message>
    <message>
        <source>{path} is only a part of what a model comes out of.</source>
        <translation>{path} 只是某个模型所需安装文件的一部分。</translation>
    </message>
    <message>
        <source>Put all packages of the pack {name} into one folder, and add that.</source>
        <translation>请将模型包 {name} 的所有安装文件放入同一文件夹，然后添加该文件夹。</translation>
    </message>
    <message>
        <source>Packages: {names}.</source>
        <translation>安装文件：{names}。</translation>
    </message>
    <message>
        <source>The models of the pack {name} are in the store already.</source>
        <translation>模型包 {name} 的模型已在模型库中。</translation>
    </message>
    <message>
        <source>Use --force to replace them.</source>
        <translation>使用 --force 可将其替换。</translation>
    </message>
    <message>
        <source>Downloading {name} ({size} MB)</source>
        <translation>正在下载 {name} ({size} MB)</translation>
    </message>
    <message>
        <source>{name} cannot be downloaded: {reason}.</source>
        <translation>无法下载 {name}：{reason}。</translation>
    </message>
    <message>
        <source>Get {file} on another computer and add that file.</source>
        <translation>请在另一台计算机上获取 {file}，然后添加该文件。</translation>
    </message>
    <message>
        <source>{path} is neither a pack nor a file.</source>
        <translation>{path} 既不是模型包也不是文件。</translation>
    </message>
    <message>
        <source>Packs: {names}.</source>
        <translation>模型包：{names}。</translation>
    </message>
    <message>
        <source>--from is for packs, and {source} is none.</source>
        <translation>--from 仅用于模型包，而 {source} 不是模型包。</translation>
    </message>
    <message>
        <source>--sha256 is for URLs, and {source} is none.</source>
        <translation>--sha256 仅用于网址，而 {source} 不是网址。</translation>
    </message>
    <message>
        <source>{path} cannot be converted: {reason} is not supported.</source>
        <translation>无法转换 {path}：不支持 {reason}。</translation>
    </message>
    <message>
        <source>{path} is damaged or not a TFLite file.</source>
        <translation>{path} 已损坏或不是 TFLite 文件。</translation>
    </message>
    <message>
        <source>{path}: the film cannot be written.</source>
        <translation>{path}：无法写入影片。</translation>
    </message>
    <message>
        <source>Flip clip plane</source>
        <translation>翻转剖切面</translation>
    </message>
    <message>
        <source>Move clip plane</source>
        <translation>移动剖切面</translation>
    </message>
    <message>
        <source>Remove clip plane</source>
        <translation>移除剖切面</translation>
    </message>
    <message>
        <source>Remove clip planes</source>
        <translation>移除剖切面</translation>
    </message>
    <message>
        <source>Add clip plane</source>
        <translation>添加剖切面</translation>
    </message>
    <message>
        <source>{path} is no file of surfaces: STL, OBJ, PLY, GLB or glTF.</source>
        <translation>{path} 不是表面文件（STL、OBJ、PLY、GLB 或 glTF）。</translation>
    </message>
    <message>
        <source>Add {name}</source>
        <translation>添加 {name}</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>使用 {name}</translation>
    </message>
    <message>
        <source>Verify models</source>
        <translation>校验模型</translation>
    </message>
    <message>
        <source>Measure the speed of {name}</source>
        <translation>测量 {name} 的速度</translation>
    </message>
    <message>
        <source>Trust {name}</source>
        <translation>信任 {name}</translation>
    </message>
    <message>
        <source>Forget the model server</source>
        <translation>不再信任模型服务器</translation>
    </message>
    <message>
        <source>Look for updates</source>
        <translation>检查更新</translation>
    </message>
    <message>
        <source>Update models</source>
        <translation>更新模型</translation>
    </message>
    <message>
        <source>{url} is neither an ONNX file nor the package of a pack.</source>
        <translation>{url} 既不是 ONNX 文件，也不是模型包的安装文件。</translation>
    </message>
    <message>
        <source>The model card beside {url} gives another SHA-256 than expected.</source>
        <translation>{url} 旁边的模型卡片给出的 SHA-256 与预期不符。</translation>
    </message>
    <message>
        <source>What {url} gives does not have the expected SHA-256.</source>
        <translation>{url} 提供的文件的 SHA-256 与预期不符。</translation>
    </message>
    <message>
        <source>{url} is refused: models are downloaded over https only.</source>
        <translation>已拒绝 {url}：模型只能通过 https 下载。</translation>
    </message>
    <message>
        <source>{url} cannot be downloaded: {reason}.</source>
        <translation>无法下载 {url}：{reason}。</translation>
    </message>
    <message>
        <source>What has come is kept; the same command goes on from there.</source>
        <translation>已下载的部分会保留；再次执行同一命令即可继续。</translation>
    </message>
    <message>
        <source>{url}: the server has no such file.</source>
        <translation>{url}：服务器上没有这个文件。</translation>
    </message>
    <message>
        <source>{url}: the server&apos;s certificate is not trusted ({reason}).</source>
        <translation>{url}：服务器的证书不受信任 ({reason})。</translation>
    </message>
    <message>
        <source>Downloading {name}: {have} of {size} MB</source>
        <translation>正在下载 {name}：{have} / {size} MB</translation>
    </message>
    <message>
        <source>{url} is larger than {size} MB.</source>
        <translation>{url} 大于 {size} MB。</translation>
    </message>
    <message>
        <source>Give one with sense models server URL --root FILE.</source>
        <translation>请用 sense models server URL --root FILE 指定。</translation>
    </message>
    <message>
        <source>No model server is trusted yet.</source>
        <translation>尚未信任任何模型服务器。</translation>
    </message>
    <message>
        <source>{url} is not the address of a model server.</source>
        <translation>{url} 不是模型服务器的地址。</translation>
    </message>
    <message>
        <source>It looks like {example}.</source>
        <translation>格式如 {example}。</translation>
    </message>
    <message>
        <source>{path} cannot be read.</source>
        <translation>无法读取 {path}。</translation>
    </message>
    <message>
        <source>{path} is not the signed root of a model server (TUF root.json).</source>
        <translation>{path} 不是模型服务器的已签名根文件 (TUF root.json)。</translation>
    </message>
    <message>
        <source>A model server is trusted only with its root.json (--root FILE).</source>
        <translation>只有提供其 root.json (--root FILE) 才能信任模型服务器。</translation>
    </message>
    <message>
        <source>The model server offers no {name} that is not here already.</source>
        <translation>模型服务器没有提供此处尚无的 {name}。</translation>
    </message>
    <message>
        <source>The model server {url} has not signed {path}.</source>
        <translation>模型服务器 {url} 未签署 {path}。</translation>
    </message>
    <message>
        <source>The model list of {url} cannot be understood.</source>
        <translation>无法理解 {url} 的模型列表。</translation>
    </message>
    <message>
        <source>The signatures of the model server {url} have expired, as if it were held back on an old state; nothing was taken from it.</source>
        <translation>模型服务器 {url} 的签名已过期，可能被冻结在旧状态；未从中获取任何内容。</translation>
    </message>
    <message>
        <source>Check the date of this computer, or ask who runs the server.</source>
        <translation>请检查此计算机的日期，或询问服务器的管理者。</translation>
    </message>
    <message>
        <source>The model server {url} shows an older or mixed state of its lists; nothing was taken from it.</source>
        <translation>模型服务器 {url} 的列表是较旧或混合的状态；未从中获取任何内容。</translation>
    </message>
    <message>
        <source>The lists of {url} are not signed by the trusted keys; nothing was taken from it.</source>
        <translation>{url} 的列表未由受信任的密钥签名；未从中获取任何内容。</translation>
    </message>
    <message>
        <source>A file of {url} is not the one that was signed; nothing was taken from it.</source>
        <translation>{url} 的一个文件与所签署的不符；未从中获取任何内容。</translation>
    </message>
    <message>
        <source>The model server {url} cannot be reached: {reason}.</source>
        <translation>无法连接模型服务器 {url}：{reason}。</translation>
    </message>
    <message>
        <source>The lists of {url} are damaged; nothing was taken from it.</source>
        <translation>{url} 的列表已损坏；未从中获取任何内容。</translation>
    </message>
    <message>
        <source>Fuse series</source>
        <translation>融合序列</translation>
    </message>
    <message>
        <source>Change fusion strength</source>
        <translation>更改融合强度</translation>
    </message>
    <message>
        <source>Change fusion threshold</source>
        <translation>更改融合阈值</translation>
    </message>
    <message>
        <source>Remove fusion</source>
        <translation>移除融合</translation>
    </message>
    <message>
        <source>Load series to be fused</source>
        <translation>加载要融合的序列</translation>
    </message>
    <message>
        <source>Points and lines of structures that 3D does not draw: {count}.</source>
        <translation>三维中未绘制的结构点和线：{count}。</translation>
    </message>
    <message>
        <source>{path}: the model {name} writes {kinds}.</source>
        <translation>{path}：模型 {name} 写出 {kinds}。</translation>
    </message>
    <message>
        <source>{path} is not a text in UTF-8, or is larger than 10 MB.</source>
        <translation>{path} 不是 UTF-8 文本，或大于 10 MB。</translation>
    </message>
    <message>
        <source>{path} is damaged or not a file of weights.</source>
        <translation>{path} 已损坏或不是权重文件。</translation>
    </message>
    <message>
        <source>glTF is in metres.</source>
        <translation>glTF 以米为单位。</translation>
    </message>
    <message>
        <source>The file says that it is in millimetres.</source>
        <translation>文件注明以毫米为单位。</translation>
    </message>
    <message>
        <source>The file names no unit: millimetres are assumed.</source>
        <translation>文件未注明单位：按毫米处理。</translation>
    </message>
    <message>
        <source>{path} is not the name of a .json file.</source>
        <translation>{path} 不是 .json 文件名。</translation>
    </message>
    <message>
        <source>A mask of the person is not recorded.</source>
        <translation>人物蒙版不能被记录。</translation>
    </message>
    <message>
        <source>The face at rest was not calibrated yet.</source>
        <translation>尚未校准放松的面部。</translation>
    </message>
    <message>
        <source>Calibrate it on the Capture page.</source>
        <translation>请在捕捉页面进行校准。</translation>
    </message>
    <message>
        <source>{path} holds no camera with K and size.</source>
        <translation>{path} 中没有带 K 和 size 的相机。</translation>
    </message>
    <message>
        <source>{path} holds a camera without a focal length.</source>
        <translation>{path} 中的相机没有焦距。</translation>
    </message>
    <message>
        <source>The networks for faces, hands and bodies are not here.</source>
        <translation>这里没有用于面部、手部和身体的网络。</translation>
    </message>
    <message>
        <source>Add them with: sense models add capture</source>
        <translation>请用以下命令添加：sense models add capture</translation>
    </message>
    <message>
        <source>VTK does not draw {what}: the native renderer draws the scene.</source>
        <translation>VTK 不能绘制{what}：场景由本程序的渲染器绘制。</translation>
    </message>
    <message>
        <source>drawn figures (MToon)</source>
        <translation>卡通风格人物（MToon）</translation>
    </message>
    <message>
        <source>pictures through a lens</source>
        <translation>带镜头畸变的画面</translation>
    </message>
    <message>
        <source>shadows, spotlights and lamps of limited reach</source>
        <translation>阴影、聚光灯和照射范围有限的灯</translation>
    </message>
    <message>
        <source>textures that repeat in one direction only</source>
        <translation>只在一个方向上重复的纹理</translation>
    </message>
    <message>
        <source>textures of a surface on several coordinates</source>
        <translation>同一表面上使用多组坐标的纹理</translation>
    </message>
    <message>
        <source>{path} has another shape than its photograph.</source>
        <translation>{path} 的长宽比与对应的照片不同。</translation>
    </message>
    <message>
        <source>splats and lit points</source>
        <translation>面片点和受光照的点</translation>
    </message>
    <message>
        <source>{path} is not DICOM: it names no patient, no modality and no unit of its values.</source>
        <translation>{path} 不是 DICOM 文件：未注明患者、设备类型和数值单位。</translation>
    </message>
    <message>
        <source>The file does not say how the patient lies: sides are unknown.</source>
        <translation>文件未说明患者体位：左右等方向未知。</translation>
    </message>
    <message>
        <source>{path}: rows and columns that are not perpendicular cannot be shown.</source>
        <translation>{path}：行与列不垂直，无法显示。</translation>
    </message>
    <message>
        <source>{path} was not opened: one volume file is shown at a time.</source>
        <translation>{path} 未打开：一次只能显示一个容积文件。</translation>
    </message>
    <message>
        <source>Open volume file</source>
        <translation>打开容积文件</translation>
    </message>
    <message>
        <source>The training failed: {reason}.</source>
        <translation>训练失败：{reason}。</translation>
    </message>
    <message>
        <source>Training needs PyTorch and MONAI, which are not installed.</source>
        <translation>训练需要 PyTorch 和 MONAI，但尚未安装。</translation>
    </message>
    <message>
        <source>Install them with dev.py setup --extra train, or name a Python that has them in {variable}.</source>
        <translation>请用 dev.py setup --extra train 安装，或在 {variable} 中指定装有它们的 Python。</translation>
    </message>
    <message>
        <source>{count} labelled images are few: expect the model to fail on others that look different.</source>
        <translation>只有 {count} 幅已标注图像，数量偏少：对外观不同的图像，模型可能失败。</translation>
    </message>
    <message>
        <source>With one image only, the cross-validation is over blocks of it and says nothing of others.</source>
        <translation>只有一幅图像时，交叉验证在其分块之间进行，不能说明在其他图像上的表现。</translation>
    </message>
    <message>
        <source>{name} is labelled in {count} images only.</source>
        <translation>{name} 只在 {count} 幅图像中有标注。</translation>
    </message>
    <message>
        <source>{count} labelled objects are few.</source>
        <translation>只有 {count} 个已标注对象，数量偏少。</translation>
    </message>
    <message>
        <source>{name} is labelled in none of the images.</source>
        <translation>没有任何图像标注了 {name}。</translation>
    </message>
    <message>
        <source>{path} is no model that can be tuned further on these images.</source>
        <translation>{path} 不是能在这些图像上继续微调的模型。</translation>
    </message>
    <message>
        <source>It must have been trained by this program on images of this kind.</source>
        <translation>它必须是由本程序在同类图像上训练的。</translation>
    </message>
    <message>
        <source>Final model: loss {loss}, score {score}</source>
        <translation>最终模型：损失 {loss}，得分 {score}</translation>
    </message>
    <message>
        <source>Final smaller model: loss {loss}, score {score}</source>
        <translation>最终的较小模型：损失 {loss}，得分 {score}</translation>
    </message>
    <message>
        <source>Cross-validation, model {number} of {count}: loss {loss}, score {score}</source>
        <translation>交叉验证，第 {number} 个模型（共 {count} 个）：损失 {loss}，得分 {score}</translation>
    </message>
    <message>
        <source>Cross-validation, smaller model {number} of {count}: loss {loss}, score {score}</source>
        <translation>交叉验证，第 {number} 个较小模型（共 {count} 个）：损失 {loss}，得分 {score}</translation>
    </message>
    <message>
        <source>{path}: there is no cancelled training to go on with.</source>
        <translation>{path}：没有可以继续的已取消训练。</translation>
    </message>
    <message>
        <source>Name the model with -o NAME.onnx.</source>
        <translation>请用 -o NAME.onnx 指定模型的名称。</translation>
    </message>
    <message>
        <source>Training needs some minutes, and no or at least two folds.</source>
        <translation>训练需要若干分钟，折数须为零或至少为二。</translation>
    </message>
    <message>
        <source>Give a folder with --data, series of the library with --series, or a table with --classes.</source>
        <translation>请用 --data 指定文件夹，用 --series 指定资料库中的序列，或用 --classes 指定表格。</translation>
    </message>
    <message>
        <source>Classes of series are told by a table: --classes TABLE.csv.</source>
        <translation>序列的类别由表格给出：--classes TABLE.csv。</translation>
    </message>
    <message>
        <source>It is for --task classification.</source>
        <translation>它用于 --task classification。</translation>
    </message>
    <message>
        <source>{path}: there is no such folder.</source>
        <translation>{path}：没有这个文件夹。</translation>
    </message>
    <message>
        <source>{path} holds no labelled images.</source>
        <translation>{path} 中没有已标注的图像。</translation>
    </message>
    <message>
        <source>Put images into images/ and their labels, of the same names, into labels/.</source>
        <translation>请把图像放入 images/，把同名的标注放入 labels/。</translation>
    </message>
    <message>
        <source>{path} mixes pictures with volumes, or grey with colour.</source>
        <translation>{path} 混有图片和体数据，或灰度和彩色图像。</translation>
    </message>
    <message>
        <source>{path} has no labels.</source>
        <translation>{path} 没有标注。</translation>
    </message>
    <message>
        <source>{path} does not have the size of its image.</source>
        <translation>{path} 的尺寸与其图像不同。</translation>
    </message>
    <message>
        <source>No study of the library has a segmentation to learn from.</source>
        <translation>资料库中没有带分割、可供学习的检查。</translation>
    </message>
    <message>
        <source>The data have no label that is called {name}.</source>
        <translation>数据中没有名为 {name} 的标签。</translation>
    </message>
    <message>
        <source>They have {names}; give a name to a number by NAME=NUMBER.</source>
        <translation>数据中有 {names}；可用 NAME=NUMBER 给编号命名。</translation>
    </message>
    <message>
        <source>{item} is no NAME=NUMBERS.</source>
        <translation>{item} 不是 NAME=NUMBERS 的形式。</translation>
    </message>
    <message>
        <source>{path} lies on other slices than its image.</source>
        <translation>{path} 与其图像不在相同的切面上。</translation>
    </message>
    <message>
        <source>{path} labels nothing of its image.</source>
        <translation>{path} 在其图像上没有任何标注。</translation>
    </message>
    <message>
        <source>{path}: labels are whole numbers, one for each pixel.</source>
        <translation>{path}：标签须为整数，每个像素一个。</translation>
    </message>
    <message>
        <source>The network gives {given} for a tile of {tile} voxels.</source>
        <translation>网络对 {tile} 体素的分块给出了 {given}。</translation>
    </message>
    <message>
        <source>The network gives values that are no numbers, or too large.</source>
        <translation>网络给出的值不是数字，或过大。</translation>
    </message>
    <message>
        <source>The volume does not tell how it lies in the patient.</source>
        <translation>该容积没有说明它在患者体内的方位。</translation>
    </message>
    <message>
        <source>{path} does not lie on the voxels of {other}.</source>
        <translation>{path} 与 {other} 的体素不重合。</translation>
    </message>
    <message>
        <source>{one} and {other} are not of one design: their scores do not mix.</source>
        <translation>{one} 与 {other} 的设计不同：其得分无法合并。</translation>
    </message>
    <message>
        <source>On the command line, --channel names further ones.</source>
        <translation>在命令行中，用 --channel 指定其他通道。</translation>
    </message>
    <message>
        <source>The model {name} cannot be asked together with others.</source>
        <translation>模型 {name} 不能与其他模型一起使用。</translation>
    </message>
    <message>
        <source>Channels and ensembles are for models that label volumes.</source>
        <translation>通道和集成仅用于标记体数据的模型。</translation>
    </message>
    <message>
        <source>Dice {label}</source>
        <translation>{label} 的 Dice 系数</translation>
    </message>
    <message>
        <source>F1 of objects at IoU 0.5</source>
        <translation>对象的 F1 (IoU 0.5)</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>sensitivity {label}</source>
        <translation>{label} 的灵敏度</translation>
    </message>
    <message>
        <source>specificity {label}</source>
        <translation>{label} 的特异度</translation>
    </message>
    <message>
        <source>area under the ROC curve {label}</source>
        <translation>{label} 的 ROC 曲线下面积</translation>
    </message>
    <message>
        <source>{folds}-fold cross-validation over blocks of {cases} image(s), each model trained for {own} of {all} minutes</source>
        <translation>在 {cases} 幅图像的分块上进行 {folds} 折交叉验证，每个模型训练 {own} 分钟（共 {all} 分钟）</translation>
    </message>
    <message>
        <source>{folds}-fold cross-validation on {cases} images, each model trained for {own} of {all} minutes</source>
        <translation>在 {cases} 幅图像上进行 {folds} 折交叉验证，每个模型训练 {own} 分钟（共 {all} 分钟）</translation>
    </message>
    <message>
        <source>The model takes {wanted} channels; the volume has {given}.</source>
        <translation>该模型需要 {wanted} 个通道，容积有 {given} 个。</translation>
    </message>
    <message>
        <source>The volume is too large on the grid of the model ({shape}).</source>
        <translation>在模型的网格上，该容积过大 ({shape})。</translation>
    </message>
    <message>
        <source>The model {name} needs a newer version of this program.</source>
        <translation>模型 {name} 需要本程序的更新版本。</translation>
    </message>
    <message>
        <source>{path} is not the name of a label map ({kinds}).</source>
        <translation>{path} 不是标签图的文件名 ({kinds})。</translation>
    </message>
    <message>
        <source>The card has {labels} labels; the network gives {channels}.</source>
        <translation>卡片有 {labels} 个标签，网络给出 {channels} 个。</translation>
    </message>
    <message>
        <source>The model {name} does not segment volumes.</source>
        <translation>模型 {name} 不分割容积。</translation>
    </message>
    <message>
        <source>The card of {name} does not tell the size of the tiles.</source>
        <translation>{name} 的卡片没有说明分块的大小。</translation>
    </message>
    <message>
        <source>{path} is damaged or not a WAV file.</source>
        <translation>{path} 已损坏或不是 WAV 文件。</translation>
    </message>
    <message>
        <source>Read labelled images</source>
        <translation>读取已标注图像</translation>
    </message>
    <message>
        <source>Train {name}</source>
        <translation>训练 {name}</translation>
    </message>
    <message>
        <source>No brain was found in the volume.</source>
        <translation>未在容积中找到脑。</translation>
    </message>
    <message>
        <source>{path} lies outside of the volume.</source>
        <translation>{path} 位于容积之外。</translation>
    </message>
    <message>
        <source>Add surfaces</source>
        <translation>添加表面</translation>
    </message>
    <message>
        <source>Remove surfaces</source>
        <translation>移除表面</translation>
    </message>
    <message>
        <source>{path} asks for something that is not done here ({field}).</source>
        <translation>{path} 要求了本程序不支持的处理 ({field})。</translation>
    </message>
    <message>
        <source>{path} tells no licence: name it with --licence.</source>
        <translation>{path} 未注明许可证：请用 --licence 指定。</translation>
    </message>
    <message>
        <source>{path} is damaged, or not what its name says.</source>
        <translation>{path} 已损坏，或内容与文件名不符。</translation>
    </message>
    <message>
        <source>{given} is no clip plane: coronal, sagittal, axial or x,y,z,nx,ny,nz.</source>
        <translation>{given} 不是剖切面：应为 coronal、sagittal、axial 或 x,y,z,nx,ny,nz。</translation>
    </message>
    <message>
        <source>{path} is no volume that can be fused.</source>
        <translation>{path} 不是可以融合的容积。</translation>
    </message>
    <message>
        <source>Name at least one file that {name} takes.</source>
        <translation>请指定至少一个 {name} 可接受的文件。</translation>
    </message>
    <message>
        <source>Too few inputs to measure what a variant loses.</source>
        <translation>输入太少，无法测量变体的损失。</translation>
    </message>
    <message>
        <source>The {kind} variant of {name} loses {loss:.4f}, more than the {limit:.4f} of its card.</source>
        <translation>{name} 的 {kind} 变体损失 {loss:.4f}，超过其模型卡规定的 {limit:.4f}。</translation>
    </message>
    <message>
        <source>{path} cannot be quantised: {reason}.</source>
        <translation>{path} 无法量化：{reason}。</translation>
    </message>
    <message>
        <source>{path} does not end in {kinds}.</source>
        <translation>{path} 的后缀不是 {kinds}。</translation>
    </message>
    <message>
        <source>There are more objects than a label map can hold.</source>
        <translation>对象数量超过了标签图所能容纳的上限。</translation>
    </message>
    <message>
        <source>The program {name}, which knows how words sound, is not installed.</source>
        <translation>未安装程序 {name}，它提供单词的发音。</translation>
    </message>
    <message>
        <source>Install it from your system&apos;s packages or its web site.</source>
        <translation>请从系统软件源或其网站安装。</translation>
    </message>
    <message>
        <source>The program {name} failed.</source>
        <translation>程序 {name} 运行失败。</translation>
    </message>
    <message>
        <source>mostly black or white</source>
        <translation>几乎全黑或全白</translation>
    </message>
    <message>
        <source>blurred beside the others</source>
        <translation>比其他照片模糊</translation>
    </message>
    <message>
        <source>nearly the same picture as {name}</source>
        <translation>与 {name} 几乎相同</translation>
    </message>
    <message>
        <source>EXIF, 35 mm equivalent</source>
        <translation>EXIF，35 毫米等效焦距</translation>
    </message>
    <message>
        <source>EXIF, focal length and focal plane resolution</source>
        <translation>EXIF，焦距与焦平面分辨率</translation>
    </message>
    <message>
        <source>EXIF focal length and the table of sensors</source>
        <translation>EXIF 焦距与传感器表</translation>
    </message>
    <message>
        <source>given</source>
        <translation>已给定</translation>
    </message>
    <message>
        <source>assumed: the photographs do not tell</source>
        <translation>假定值：照片中没有记录</translation>
    </message>
    <message>
        <source>{path}: {kind} files cannot be read.</source>
        <translation>{path}：无法读取 {kind} 文件。</translation>
    </message>
    <message>
        <source>Convert it to JPEG or PNG, keeping its EXIF.</source>
        <translation>请转换为 JPEG 或 PNG，并保留 EXIF。</translation>
    </message>
    <message>
        <source>{path}: {width} x {height} pixels are not usable.</source>
        <translation>{path}：{width} × {height} 像素无法使用。</translation>
    </message>
    <message>
        <source>{path} is damaged: {reason}.</source>
        <translation>{path} 已损坏：{reason}。</translation>
    </message>
    <message>
        <source>{path} is not a picture.</source>
        <translation>{path} 不是图片。</translation>
    </message>
    <message>
        <source>{path} holds no photographs.</source>
        <translation>{path} 中没有照片。</translation>
    </message>
    <message>
        <source>{path}: at least two photographs of the same thing are needed.</source>
        <translation>{path}：至少需要同一物体的两张照片。</translation>
    </message>
    <message>
        <source>{name} has {width} x {height} pixels, but its given camera {given_w} x {given_h}.</source>
        <translation>{name} 为 {width} × {height} 像素，而给定的相机为 {given_w} × {given_h}。</translation>
    </message>
    <message>
        <source>The given camera of {name} cannot be used: {reason}.</source>
        <translation>无法使用为 {name} 给定的相机：{reason}。</translation>
    </message>
    <message>
        <source>Finding features: {done} of {count}</source>
        <translation>正在提取特征：{done} / {count}</translation>
    </message>
    <message>
        <source>Comparing {count} pairs of photographs</source>
        <translation>正在比较 {count} 对照片</translation>
    </message>
    <message>
        <source>Finding the cameras</source>
        <translation>正在求解相机</translation>
    </message>
    <message>
        <source>Finding dense points</source>
        <translation>正在计算稠密点</translation>
    </message>
    <message>
        <source>Making the mesh</source>
        <translation>正在生成网格</translation>
    </message>
    <message>
        <source>Making the texture</source>
        <translation>正在生成纹理</translation>
    </message>
    <message>
        <source>Only a mesh can be exported: --stages ends before there is one.</source>
        <translation>只能导出网格：--stages 在生成网格之前就结束了。</translation>
    </message>
    <message>
        <source>About a minute, up to {memory:.1f} GB of memory (a guess)</source>
        <translation>约一分钟，内存最多 {memory:.1f} GB（估计值）</translation>
    </message>
    <message>
        <source>About {low:.0f} to {high:.0f} minutes, up to {memory:.1f} GB of memory (a guess)</source>
        <translation>约 {low:.0f} 到 {high:.0f} 分钟，内存最多 {memory:.1f} GB（估计值）</translation>
    </message>
    <message>
        <source>known to {share}</source>
        <translation>不确定度 {share}</translation>
    </message>
    <message>
        <source>Ground control point</source>
        <translation>地面控制点</translation>
    </message>
    <message>
        <source>In the photographs</source>
        <translation>在照片中</translation>
    </message>
    <message>
        <source>In the world</source>
        <translation>在世界中</translation>
    </message>
    <message>
        <source>Ground control</source>
        <translation>地面控制</translation>
    </message>
    <message>
        <source>{seconds:.0f} s in all; {low:.0f} to {high:.0f} s were guessed for an idle machine.</source>
        <translation>共 {seconds:.0f} 秒；事先估计空闲机器需 {low:.0f} 到 {high:.0f} 秒。</translation>
    </message>
    <message>
        <source>Made by Sense Workstation {version}.</source>
        <translation>由 Sense Workstation {version} 生成。</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Dense points</source>
        <translation>稠密点</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>纹理</translation>
    </message>
    <message>
        <source>Cameras and sparse points</source>
        <translation>相机与稀疏点</translation>
    </message>
    <message>
        <source>Mesh, without its colours</source>
        <translation>网格（无颜色）</translation>
    </message>
    <message>
        <source>Textured mesh</source>
        <translation>带纹理的网格</translation>
    </message>
    <message>
        <source>metres</source>
        <translation>米</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Photographs placed</source>
        <translation>已定位的照片</translation>
    </message>
    <message>
        <source>Reprojection error</source>
        <translation>重投影误差</translation>
    </message>
    <message>
        <source>Sparse points</source>
        <translation>稀疏点</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>尺度</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Distance from GPS</source>
        <translation>与 GPS 的距离</translation>
    </message>
    <message>
        <source>median {median:.1f} m, largest {largest:.1f} m</source>
        <translation>中位数 {median:.1f} m，最大 {largest:.1f} m</translation>
    </message>
    <message>
        <source>Pixels with a confirmed distance</source>
        <translation>距离已确认的像素</translation>
    </message>
    <message>
        <source>Of these, on planes where surfaces have no texture</source>
        <translation>其中位于无纹理表面的平面上</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>帧数</translation>
    </message>
    <message>
        <source>Frames fused</source>
        <translation>已融合的帧数</translation>
    </message>
    <message>
        <source>Vertices</source>
        <translation>顶点数</translation>
    </message>
    <message>
        <source>Triangles</source>
        <translation>三角形</translation>
    </message>
    <message>
        <source>Time a frame</source>
        <translation>每帧用时</translation>
    </message>
    <message>
        <source>Faces that no photograph shows, coloured from around them</source>
        <translation>没有照片拍到、取周围颜色的面</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Processor time</source>
        <translation>处理器时间</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>When</source>
        <translation>何时</translation>
    </message>
    <message>
        <source>in an earlier run</source>
        <translation>之前的运行</translation>
    </message>
    <message>
        <source>in this run</source>
        <translation>本次运行</translation>
    </message>
    <message>
        <source>Photographs</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Photograph</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Why it is left out</source>
        <translation>未使用的原因</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>怎么办</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>未使用</translation>
    </message>
    <message>
        <source>Points seen</source>
        <translation>看到的点</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Make room and run it again: it goes on after the last stage that was kept.</source>
        <translation>请腾出空间后重新运行：将从最后保存的阶段继续。</translation>
    </message>
    <message>
        <source>Print it at 100 %, check its ruler, and lay it flat beside what you photograph.</source>
        <translation>请以 100% 打印，用上面的尺子核对尺寸，并将其平放在被拍物体旁边。</translation>
    </message>
    <message>
        <source>There is no room for temporary files in {path}.</source>
        <translation>{path} 中没有存放临时文件的空间。</translation>
    </message>
    <message>
        <source>At least two photographs of the same thing are needed.</source>
        <translation>至少需要同一物体的两张照片。</translation>
    </message>
    <message>
        <source>No two photographs could be placed relative to one another.</source>
        <translation>没有任何两张照片能够确定相对位置。</translation>
    </message>
    <message>
        <source>Move sideways between photographs instead of turning on the spot.</source>
        <translation>拍摄时请横向移动，不要原地转动。</translation>
    </message>
    <message>
        <source>Take sharp photographs that overlap by two thirds, of something with texture.</source>
        <translation>请拍摄清晰、重叠三分之二且有纹理的物体的照片。</translation>
    </message>
    <message>
        <source>only {count} features were found</source>
        <translation>只找到 {count} 个特征</translation>
    </message>
    <message>
        <source>Take it sharp, well lit and of something with texture.</source>
        <translation>请在光线充足时清晰地拍摄有纹理的物体。</translation>
    </message>
    <message>
        <source>it resembles no other photograph</source>
        <translation>与其他照片都不相似</translation>
    </message>
    <message>
        <source>Add photographs between it and the others.</source>
        <translation>请在它与其他照片之间补拍。</translation>
    </message>
    <message>
        <source>its {count} matches do not fit the other photographs</source>
        <translation>它的 {count} 个匹配与其他照片不符</translation>
    </message>
    <message>
        <source>Add photographs from nearby places that overlap more.</source>
        <translation>请在附近补拍重叠更多的照片。</translation>
    </message>
    <message>
        <source>The depth maps show no surface.</source>
        <translation>深度图中没有表面。</translation>
    </message>
    <message>
        <source>the given cameras</source>
        <translation>给定的相机</translation>
    </message>
    <message>
        <source>ground control points</source>
        <translation>地面控制点</translation>
    </message>
    <message>
        <source>measured distances</source>
        <translation>实测距离</translation>
    </message>
    <message>
        <source>GPS of the photographs</source>
        <translation>照片的 GPS</translation>
    </message>
    <message>
        <source>no scale</source>
        <translation>无尺度</translation>
    </message>
    <message>
        <source>No two photographs share enough points for dense stereo.</source>
        <translation>没有任何两张照片拥有足够的公共点，无法进行稠密立体匹配。</translation>
    </message>
    <message>
        <source>Choosing sharp pictures from different places</source>
        <translation>正在挑选不同位置的清晰画面</translation>
    </message>
    <message>
        <source>{path}: the camera does not move in this film.</source>
        <translation>{path}：这段影片中相机没有移动。</translation>
    </message>
    <message>
        <source>Walk around the thing slowly while filming it.</source>
        <translation>拍摄时请绕着物体缓慢走动。</translation>
    </message>
    <message>
        <source>No photograph shows the surface.</source>
        <translation>没有照片拍到该表面。</translation>
    </message>
    <message>
        <source>{path}: {suffix} is not a format for meshes.</source>
        <translation>{path}：{suffix} 不是网格格式。</translation>
    </message>
    <message>
        <source>Use .glb, .usdz, .obj, .ply or .stl.</source>
        <translation>请使用 .glb、.usdz、.obj、.ply 或 .stl。</translation>
    </message>
    <message>
        <source>{path} cannot be written: OpenUSD does not say why.</source>
        <translation>无法写入 {path}：OpenUSD 未说明原因。</translation>
    </message>
    <message>
        <source>{path} holds no ground control points.</source>
        <translation>{path} 中没有地面控制点。</translation>
    </message>
    <message>
        <source>Use OpenSfM&apos;s JSON or the gcp_list.txt of OpenDroneMap.</source>
        <translation>请使用 OpenSfM 的 JSON 或 OpenDroneMap 的 gcp_list.txt。</translation>
    </message>
    <message>
        <source>{path}: line {line} is no ground control point.</source>
        <translation>{path}：第 {line} 行不是地面控制点。</translation>
    </message>
    <message>
        <source>{path}: the coordinates “{header}” are not known.</source>
        <translation>{path}：未知的坐标系“{header}”。</translation>
    </message>
    <message>
        <source>Begin the file with WGS84, WGS84 UTM 32N or an EPSG code.</source>
        <translation>文件请以 WGS84、WGS84 UTM 32N 或 EPSG 代码开头。</translation>
    </message>
    <message>
        <source>Looking at photographs: {done} of {count}</source>
        <translation>正在查看照片：{done} / {count}</translation>
    </message>
    <message>
        <source>another photograph of the list has the same name</source>
        <translation>列表中另一张照片有相同的名称</translation>
    </message>
    <message>
        <source>not a photograph</source>
        <translation>不是照片</translation>
    </message>
    <message>
        <source>{path} is not the folder of a reconstruction.</source>
        <translation>{path} 不是重建结果的文件夹。</translation>
    </message>
    <message>
        <source>Reading {name}</source>
        <translation>正在读取 {name}</translation>
    </message>
    <message>
        <source>Look at photographs</source>
        <translation>查看照片</translation>
    </message>
    <message>
        <source>Reconstruct from photographs</source>
        <translation>从照片重建</translation>
    </message>
    <message>
        <source>Read the reconstruction</source>
        <translation>读取重建结果</translation>
    </message>
    <message>
        <source>Export the reconstruction</source>
        <translation>导出重建结果</translation>
    </message>
    <message>
        <source>There is no mesh to export.</source>
        <translation>没有可导出的网格。</translation>
    </message>
    <message>
        <source>Set the scale</source>
        <translation>设置尺度</translation>
    </message>
    <message>
        <source>No distance of {path} has both ends where photographs show them.</source>
        <translation>{path} 中没有两端都能由照片确定的距离。</translation>
    </message>
    <message>
        <source>These three points lie on one line: pick others.</source>
        <translation>这三个点在一条直线上：请另选。</translation>
    </message>
    <message>
        <source>Set the floor</source>
        <translation>设置地面</translation>
    </message>
    <message>
        <source>Turn the reconstruction</source>
        <translation>旋转重建结果</translation>
    </message>
    <message>
        <source>Centre the reconstruction</source>
        <translation>将重建结果居中</translation>
    </message>
    <message>
        <source>Reset the place</source>
        <translation>重置位置</translation>
    </message>
    <message>
        <source>Remove the crop box</source>
        <translation>移除裁剪框</translation>
    </message>
    <message>
        <source>Change the crop box</source>
        <translation>更改裁剪框</translation>
    </message>
    <message>
        <source>Brush away</source>
        <translation>刷除</translation>
    </message>
    <message>
        <source>{path} is not YAML.</source>
        <translation>{path} 不是 YAML。</translation>
    </message>
    <message>
        <source>{path} describes no camera.</source>
        <translation>{path} 没有描述任何相机。</translation>
    </message>
    <message>
        <source>Give projection matrices as of KITTI, a 3 x 3 matrix, or fx fy cx cy k1 k2 p1 p2.</source>
        <translation>请给出 KITTI 格式的投影矩阵、3 x 3 矩阵，或 fx fy cx cy k1 k2 p1 p2。</translation>
    </message>
    <message>
        <source>{path} is no depth picture of 16 bits a pixel.</source>
        <translation>{path} 不是每像素 16 位的深度图。</translation>
    </message>
    <message>
        <source>{path} has {width} x {height} pixels, its camera has {wanted_width} x {wanted_height}.</source>
        <translation>{path} 为 {width} x {height} 像素，而其相机为 {wanted_width} x {wanted_height}。</translation>
    </message>
    <message>
        <source>{path}: the times of the inertial readings do not rise.</source>
        <translation>{path}：惯性读数的时间不是递增的。</translation>
    </message>
    <message>
        <source>{path} holds no inertial readings.</source>
        <translation>{path} 中没有惯性读数。</translation>
    </message>
    <message>
        <source>Give lines of nanoseconds, three turning rates and three accelerations.</source>
        <translation>每行应为纳秒时间、三个角速度和三个加速度。</translation>
    </message>
    <message>
        <source>The calibration of {path} is of one camera only.</source>
        <translation>{path} 的标定只有一台相机。</translation>
    </message>
    <message>
        <source>{path} has no calibration of its cameras.</source>
        <translation>{path} 没有相机标定。</translation>
    </message>
    <message>
        <source>Give one with --calib.</source>
        <translation>请用 --calib 给出。</translation>
    </message>
    <message>
        <source>{path} has no pictures of a second camera.</source>
        <translation>{path} 没有第二台相机的图像。</translation>
    </message>
    <message>
        <source>{path} has no depth pictures.</source>
        <translation>{path} 没有深度图。</translation>
    </message>
    <message>
        <source>Use --sensor mono, which needs one camera only.</source>
        <translation>请使用只需一台相机的 --sensor mono。</translation>
    </message>
    <message>
        <source>{path} holds no times.</source>
        <translation>{path} 中没有时间。</translation>
    </message>
    <message>
        <source>{path} does not hold a rising time for each of {count} pictures.</source>
        <translation>{path} 没有为 {count} 幅图像逐一给出递增的时间。</translation>
    </message>
    <message>
        <source>{path}: line {line} holds no time and name of a file.</source>
        <translation>{path}：第 {line} 行没有时间和文件名。</translation>
    </message>
    <message>
        <source>{path}: line {line} names a file outside of its folder.</source>
        <translation>{path}：第 {line} 行的文件在其文件夹之外。</translation>
    </message>
    <message>
        <source>{path} lists no files.</source>
        <translation>{path} 没有列出文件。</translation>
    </message>
    <message>
        <source>{path}: the frames were not in the order of time; they are sorted.</source>
        <translation>{path}：各帧未按时间顺序排列，已重新排序。</translation>
    </message>
    <message>
        <source>{path}: {count} frames have the time of another and are left out.</source>
        <translation>{path}：{count} 帧与其他帧时间相同，已略去。</translation>
    </message>
    <message>
        <source>{path} does not hold a folder of images for each of two classes.</source>
        <translation>{path} 没有为至少两个类别各提供一个图像文件夹。</translation>
    </message>
    <message>
        <source>{path} does not name images of two classes.</source>
        <translation>{path} 没有列出两个类别的图像。</translation>
    </message>
    <message>
        <source>Write a series UID or a file, a comma and its class in every line.</source>
        <translation>每行写一个序列 UID 或文件、一个逗号及其类别。</translation>
    </message>
    <message>
        <source>{path} is damaged or no table (.csv).</source>
        <translation>{path} 已损坏或不是表格 (.csv)。</translation>
    </message>
    <message>
        <source>{path} holds no measured distances.</source>
        <translation>{path} 不含实测距离。</translation>
    </message>
    <message>
        <source>Each needs &quot;metres&quot;, and the pixels of both ends in two photographs: &quot;from&quot;, &quot;to&quot;.</source>
        <translation>每个距离需要 &quot;metres&quot;，以及两端在两张照片中的像素：&quot;from&quot;、&quot;to&quot;。</translation>
    </message>
    <message>
        <source>{path} holds no poses.</source>
        <translation>{path} 不包含任何位姿。</translation>
    </message>
    <message>
        <source>{path}: line {line} is not a pose of a {kind} trajectory.</source>
        <translation>{path}：第 {line} 行不是 {kind} 轨迹的位姿。</translation>
    </message>
    <message>
        <source>No two poses are within {seconds} s of each other.</source>
        <translation>没有任何两个位姿的时间相差在 {seconds} 秒以内。</translation>
    </message>
    <message>
        <source>{path} holds no poses of its frames.</source>
        <translation>{path} 不含各帧的位姿。</translation>
    </message>
    <message>
        <source>{path} holds no pose.</source>
        <translation>{path} 不含位姿。</translation>
    </message>
    <message>
        <source>The scene is too large for {gigabytes} GB at voxels of {millimetres} mm.</source>
        <translation>在 {millimetres} mm 的体素下，场景超出 {gigabytes} GB。</translation>
    </message>
    <message>
        <source>Choose larger voxels.</source>
        <translation>请选择更大的体素。</translation>
    </message>
    <message>
        <source>The depth frames show no surface.</source>
        <translation>深度帧中没有表面。</translation>
    </message>
    <message>
        <source>Its pose is not known.</source>
        <translation>其位姿未知。</translation>
    </message>
    <message>
        <source>No camera answers at this address.</source>
        <translation>此地址没有相机应答。</translation>
    </message>
    <message>
        <source>It begins with rtsp:// or http://; a name and a password may be part of it.</source>
        <translation>地址以 rtsp:// 或 http:// 开头；其中可包含用户名和密码。</translation>
    </message>
    <message>
        <source>The network camera gives no pictures any more.</source>
        <translation>网络相机不再提供画面。</translation>
    </message>
    <message>
        <source>The colours lay {pixels} pixels off the depth; they are brought onto it.</source>
        <translation>颜色与深度相差 {pixels} 像素；已将颜色对齐到深度。</translation>
    </message>
    <message>
        <source>{path} holds no points that can be read as PLY.</source>
        <translation>{path} 不包含可作为 PLY 读取的点。</translation>
    </message>
    <message>
        <source>A cloud of {count} points is too small to be registered.</source>
        <translation>{count} 个点的点云太小，无法配准。</translation>
    </message>
    <message>
        <source>Overlap</source>
        <translation>重叠</translation>
    </message>
    <message>
        <source>Surfaces apart (median)</source>
        <translation>表面间距（中位数）</translation>
    </message>
    <message>
        <source>Moved</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Turned</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>The clouds overlap little, or nearly as well elsewhere: look at the result before you use it.</source>
        <translation>两个点云重叠很少，或在别处也几乎同样吻合：使用前请查看结果。</translation>
    </message>
    <message>
        <source>{path}: results are written as .txt or .ply.</source>
        <translation>{path}：结果只能写为 .txt 或 .ply。</translation>
    </message>
    <message>
        <source>{source} was not found on {target}.</source>
        <translation>未能在 {target} 上找到 {source}。</translation>
    </message>
    <message>
        <source>There is no map yet.</source>
        <translation>还没有地图。</translation>
    </message>
    <message>
        <source>The calibration is off: by what the pictures show, the focal length is {factor} times as long. Lengths along the view are wrong by as much.</source>
        <translation>标定有误：从图像看，焦距应为标定值的 {factor} 倍。沿视线方向的长度也有同样的误差。</translation>
    </message>
    <message>
        <source>The camera turned too little to tell whether the focal length is right.</source>
        <translation>相机转动太少，无法判断焦距是否正确。</translation>
    </message>
    <message>
        <source>The camera was followed by its pictures alone, without {path}.</source>
        <translation>仅凭图像跟踪了相机，没有使用 {path}。</translation>
    </message>
    <message>
        <source>{path}: it cannot be told where the camera was in any frame.</source>
        <translation>{path}：无法确定任何一帧中相机的位置。</translation>
    </message>
    <message>
        <source>The camera must move sideways before something with texture; turning is not enough.</source>
        <translation>相机必须在有纹理的物体前横向移动；仅转动是不够的。</translation>
    </message>
    <message>
        <source>The calibration may be of another camera, or the pictures show no texture.</source>
        <translation>标定可能属于另一台相机，或图像中没有纹理。</translation>
    </message>
    <message>
        <source>Nobody tells the focal length: it was assumed, and the way may be bent.</source>
        <translation>没有给出焦距：使用了假定值，路径可能会弯曲。</translation>
    </message>
    <message>
        <source>The camera was lost; {count} frames lie in maps that could not be connected.</source>
        <translation>相机曾经丢失；有 {count} 帧位于无法连接的地图中。</translation>
    </message>
    <message>
        <source>{count} frames were not later than the ones before; they were left out.</source>
        <translation>有 {count} 帧的时间不晚于前一帧，已被略过。</translation>
    </message>
    <message>
        <source>The calibration is off: what the right camera sees lies {pixels} pixels beside where it should be, which was corrected.</source>
        <translation>标定不准：右相机所见偏离应在位置 {pixels} 像素，已予校正。</translation>
    </message>
    <message>
        <source>Save the map</source>
        <translation>保存地图</translation>
    </message>
    <message>
        <source>Open the map</source>
        <translation>打开地图</translation>
    </message>
    <message>
        <source>The pictures of the board have different sizes.</source>
        <translation>标定板图片的尺寸不一致。</translation>
    </message>
    <message>
        <source>There are no pictures of the board.</source>
        <translation>没有标定板的图片。</translation>
    </message>
    <message>
        <source>The board is seen in {count} pictures; at least {least} are needed.</source>
        <translation>只有 {count} 张图片拍到标定板；至少需要 {least} 张。</translation>
    </message>
    <message>
        <source>Print it with sense board; show it near, far and in the corners.</source>
        <translation>用 sense board 打印；请从近处、远处和画面四角拍摄。</translation>
    </message>
    <message>
        <source>These pictures of the board do not tell the focal length.</source>
        <translation>这些标定板图片无法确定焦距。</translation>
    </message>
    <message>
        <source>Tilt the board by 30 to 50 degrees, to all sides.</source>
        <translation>请将标定板向各个方向倾斜 30 至 50 度。</translation>
    </message>
    <message>
        <source>What both cameras see lies {pixels} rows apart, which the calibration rules out: it is of other cameras, or the pictures were bent otherwise.</source>
        <translation>两台相机所见相差 {pixels} 行，与标定不符：标定属于其他相机，或图像经过了不同的校正。</translation>
    </message>
    <message>
        <source>The pictures of the left and of the right camera are the other way round.</source>
        <translation>左右相机的图像互换了。</translation>
    </message>
    <message>
        <source>{path} is no map.</source>
        <translation>{path} 不是地图。</translation>
    </message>
    <message>
        <source>{path} is a map of version {version}; this program reads {own}.</source>
        <translation>{path} 是第 {version} 版地图；本程序读取第 {own} 版。</translation>
    </message>
    <message>
        <source>Open it with the program that wrote it, or make the map again.</source>
        <translation>请用写入它的程序打开，或重新制作地图。</translation>
    </message>
    <message>
        <source>{path} is cut off or was changed: its checksum is wrong.</source>
        <translation>{path} 不完整或已被改动：校验和不符。</translation>
    </message>
    <message>
        <source>The pictures share nothing of which a map could be made.</source>
        <translation>这些图片没有可用于制作地图的共同内容。</translation>
    </message>
    <message>
        <source>{name}: the camera set has no camera of its name and shape.</source>
        <translation>{name}：相机集中没有与其名称和形状相符的相机。</translation>
    </message>
    <message>
        <source>{path} holds no map.</source>
        <translation>{path} 中没有地图。</translation>
    </message>
    <message>
        <source>Give a .smap, or run `sense reconstruct` again: it writes one.</source>
        <translation>请给出 .smap 文件，或再次运行 `sense reconstruct`，它会写入地图。</translation>
    </message>
    <message>
        <source>Keyframes</source>
        <translation>关键帧</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>点</translation>
    </message>
    <message>
        <source>Sightings</source>
        <translation>观测</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>路程</translation>
    </message>
    <message>
        <source>Sightings off (median)</source>
        <translation>观测误差（中位数）</translation>
    </message>
    <message>
        <source>Standard deviation of points (median)</source>
        <translation>点的标准差（中位数）</translation>
    </message>
    <message>
        <source>The map has no scale: its lengths have no unit.</source>
        <translation>地图没有尺度：其长度没有单位。</translation>
    </message>
    <message>
        <source>Give two maps or more.</source>
        <translation>请给出两张或更多地图。</translation>
    </message>
    <message>
        <source>{path} shares too little with the maps before.</source>
        <translation>{path} 与前面的地图共同内容太少。</translation>
    </message>
    <message>
        <source>Say what is kept: --box, --time or --without.</source>
        <translation>请说明保留什么：--box、--time 或 --without。</translation>
    </message>
    <message>
        <source>Give one of --positions, --gcp and --photographs.</source>
        <translation>请给出 --positions、--gcp 和 --photographs 之一。</translation>
    </message>
    <message>
        <source>{path}: the name of the new file must end in {ending}.</source>
        <translation>{path}：新文件的名称必须以 {ending} 结尾。</translation>
    </message>
    <message>
        <source>The map has no keyframe {name}.</source>
        <translation>地图中没有关键帧 {name}。</translation>
    </message>
    <message>
        <source>Nothing of the map would be left.</source>
        <translation>地图将什么都不剩。</translation>
    </message>
    <message>
        <source>{path}, line {number}: no name, latitude, longitude and altitude.</source>
        <translation>{path} 第 {number} 行：不是名称、纬度、经度和高程。</translation>
    </message>
    <message>
        <source>{count} places of the map are known on the Earth; three or more are needed.</source>
        <translation>地图中只有 {count} 处的地理位置已知；至少需要三处。</translation>
    </message>
    <message>
        <source>The known places lie on one line, about which the map could turn.</source>
        <translation>已知的位置在一条直线上，地图可能绕它转动。</translation>
    </message>
    <message>
        <source>The maps share too little to be put together.</source>
        <translation>两张地图的共同内容太少，无法合并。</translation>
    </message>
    <message>
        <source>Record a part of the first map&apos;s place again, from about the same side.</source>
        <translation>请从大致相同的一侧再次录制第一张地图中的一部分地点。</translation>
    </message>
    <message>
        <source>The recording was not found in {path}: it has a map of its own.</source>
        <translation>在 {path} 中未找到该录制内容：它有自己的地图。</translation>
    </message>
    <message>
        <source>drawing: {kind}</source>
        <translation>绘制：{kind}</translation>
    </message>
    <message>
        <source>reading of measurements</source>
        <translation>读取测量</translation>
    </message>
    <message>
        <source>change: {kind}</source>
        <translation>更改：{kind}</translation>
    </message>
    <message>
        <source>calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>deletion: {kind}</source>
        <translation>删除：{kind}</translation>
    </message>
    <message>
        <source>deletion of measurements</source>
        <translation>删除测量</translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation>没有打开任何内容。</translation>
    </message>
    <message>
        <source>Measured in the patient&apos;s coordinates.</source>
        <translation>在患者坐标中测量。</translation>
    </message>
    <message>
        <source>Measured in pixels: the file tells no pixel size.</source>
        <translation>以像素测量：文件未说明像素大小。</translation>
    </message>
    <message>
        <source>Calibrated by the ultrasound region.</source>
        <translation>由超声区域校准。</translation>
    </message>
    <message>
        <source>Measured in pixels: it does not lie in one calibrated ultrasound region.</source>
        <translation>以像素测量：它不在同一个已校准的超声区域内。</translation>
    </message>
    <message>
        <source>Lengths are those on the detector; they are shorter in the patient.</source>
        <translation>长度为探测器上的长度；在患者体内较短。</translation>
    </message>
    <message>
        <source>Lengths on the detector, divided by the magnification {magnification} of the file.</source>
        <translation>探测器上的长度除以文件给出的放大率 {magnification}。</translation>
    </message>
    <message>
        <source>Calibrated by an object of known size.</source>
        <translation>由已知大小的物体校准。</translation>
    </message>
    <message>
        <source>Calibrated by the geometry of the exposure.</source>
        <translation>由曝光几何校准。</translation>
    </message>
    <message>
        <source>Calibrated by the reader on a length of {length} mm in the picture.</source>
        <translation>由阅片者按图像中 {length} mm 的长度校准。</translation>
    </message>
    <message>
        <source>The file does not say whether its pixel size is that on the detector.</source>
        <translation>文件未说明其像素大小是否为探测器上的大小。</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>误差</translation>
    </message>
    <message>
        <source>Root mean square</source>
        <translation>均方根</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>{count} poses over {path} m, scale {scale}. A straight line at constant speed, aligned with scale, would be {straight} m off (root mean square).</source>
        <translation>{count} 个位姿，路程 {path} m，尺度 {scale}。匀速直线按尺度对齐后的误差为 {straight} m（均方根）。</translation>
    </message>
    <message>
        <source>the trajectory</source>
        <translation>轨迹</translation>
    </message>
    <message>
        <source>a straight line</source>
        <translation>直线</translation>
    </message>
    <message>
        <source>Position off</source>
        <translation>位置误差</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Standard deviation</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>Points that agree</source>
        <translation>一致的点</translation>
    </message>
    <message>
        <source>{found} of {count} pictures were found, {ms} ms a picture.</source>
        <translation>{count} 幅图片中找到 {found} 幅，每幅 {ms} 毫秒。</translation>
    </message>
    <message>
        <source>The images of this series cannot be referred to by DICOM objects.</source>
        <translation>DICOM 对象无法引用此序列的图像。</translation>
    </message>
    <message>
        <source>There are no measurements on this series.</source>
        <translation>此序列上没有测量。</translation>
    </message>
    <message>
        <source>Measurements that lie on no stored image and are left out: {count}</source>
        <translation>不在任何已存储图像上而被略去的测量：{count}</translation>
    </message>
    <message>
        <source>Colour images have no greyscale presentation state.</source>
        <translation>彩色图像没有灰阶显示状态。</translation>
    </message>
    <message>
        <source>No measurement lies on a stored image.</source>
        <translation>没有测量位于已存储的图像上。</translation>
    </message>
    <message>
        <source>The report holds no measurement on these images that can be changed.</source>
        <translation>报告中没有可在这些图像上更改的测量。</translation>
    </message>
    <message>
        <source>{path}: measurements are written as .dcm, .json or .tsv.</source>
        <translation>{path}：测量写为 .dcm、.json 或 .tsv。</translation>
    </message>
    <message>
        <source>{uid}: nothing has been measured on this series.</source>
        <translation>{uid}：此序列上没有测量。</translation>
    </message>
    <message>
        <source>Values along the line</source>
        <translation>沿线数值</translation>
    </message>
    <message>
        <source>Mean over the volumes</source>
        <translation>各容积的平均值</translation>
    </message>
    <message>
        <source>Mean over the images</source>
        <translation>各图像的平均值</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Counting objects</source>
        <translation>对象计数</translation>
    </message>
    <message>
        <source>Classification</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Detection</source>
        <translation>检测</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Landmarks</source>
        <translation>关键点</translation>
    </message>
    <message>
        <source>Recognition</source>
        <translation>识别</translation>
    </message>
    <message>
        <source>Regression</source>
        <translation>回归</translation>
    </message>
    <message>
        <source>Segmentation</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>Synthesis</source>
        <translation>合成</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>volume</source>
        <translation>体数据</translation>
    </message>
    <message>
        <source>sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>values as they are</source>
        <translation>原样数值</translation>
    </message>
    <message>
        <source>{sizes} pixels or voxels</source>
        <translation>{sizes} 像素或体素</translation>
    </message>
    <message>
        <source>values from {low} to {high}</source>
        <translation>数值范围 {low} 至 {high}</translation>
    </message>
    <message>
        <source>stored values clipped to {low} to {high}</source>
        <translation>存储值截取至 {low} 至 {high}</translation>
    </message>
    <message>
        <source>spacing {sizes} mm</source>
        <translation>间距 {sizes} mm</translation>
    </message>
    <message>
        <source>axes towards {directions}</source>
        <translation>坐标轴朝向 {directions}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>padded, not stretched</source>
        <translation>填充而不拉伸</translation>
    </message>
    <message>
        <source>Faces, hands, poses and person masks in pictures</source>
        <translation>图片中的人脸、手、姿态和人物蒙版</translation>
    </message>
    <message>
        <source>MediaPipe (Google), converted from TFLite on this machine</source>
        <translation>MediaPipe (Google)，在此计算机上由 TFLite 转换</translation>
    </message>
    <message>
        <source>Not made for identifying people.</source>
        <translation>不用于识别人的身份。</translation>
    </message>
    <message>
        <source>Not validated for any medical use.</source>
        <translation>未针对任何医疗用途进行验证。</translation>
    </message>
    <message>
        <source>Face detector (BlazeFace)</source>
        <translation>人脸检测 (BlazeFace)</translation>
    </message>
    <message>
        <source>Finding faces near the camera.</source>
        <translation>查找镜头附近的人脸。</translation>
    </message>
    <message>
        <source>three photographs</source>
        <translation>三张照片</translation>
    </message>
    <message>
        <source>896 anchors: box centre, size and 6 key points, in pixels from the anchor.</source>
        <translation>896 个锚点：框的中心、大小和 6 个关键点，以距锚点的像素计。</translation>
    </message>
    <message>
        <source>Logit of a face for every anchor.</source>
        <translation>每个锚点为人脸的 logit 值。</translation>
    </message>
    <message>
        <source>largest difference from LiteRT&apos;s built-in kernels</source>
        <translation>与 LiteRT 内置内核的最大差异</translation>
    </message>
    <message>
        <source>Face landmarks, 478</source>
        <translation>人脸关键点，478 个</translation>
    </message>
    <message>
        <source>Landmarks of a face and its irises in a crop around the face.</source>
        <translation>人脸周围裁剪图中人脸及虹膜的关键点。</translation>
    </message>
    <message>
        <source>478 points, x, y, z in pixels of the crop; the last 10 are the irises.</source>
        <translation>478 个点，x、y、z 以裁剪图的像素计；最后 10 个为虹膜。</translation>
    </message>
    <message>
        <source>Logit of a face being there.</source>
        <translation>存在人脸的 logit 值。</translation>
    </message>
    <message>
        <source>A score that MediaPipe does not use.</source>
        <translation>MediaPipe 不使用的分值。</translation>
    </message>
    <message>
        <source>Facial expression, 52</source>
        <translation>面部表情，52 项</translation>
    </message>
    <message>
        <source>Expression coefficients from 146 landmarks in pixels.</source>
        <translation>由 146 个以像素计的关键点得出表情系数。</translation>
    </message>
    <message>
        <source>random landmarks</source>
        <translation>随机关键点</translation>
    </message>
    <message>
        <source>Expression coefficients from 0 to 1, by their names in ARKit.</source>
        <translation>0 到 1 的表情系数，按 ARKit 命名。</translation>
    </message>
    <message>
        <source>Palm detector</source>
        <translation>手掌检测</translation>
    </message>
    <message>
        <source>Finding hands.</source>
        <translation>查找手。</translation>
    </message>
    <message>
        <source>2016 anchors: box centre, size and 7 key points, in pixels from the anchor.</source>
        <translation>2016 个锚点：框的中心、大小和 7 个关键点，以距锚点的像素计。</translation>
    </message>
    <message>
        <source>Logit of a palm for every anchor.</source>
        <translation>每个锚点为手掌的 logit 值。</translation>
    </message>
    <message>
        <source>Hand landmarks, 21</source>
        <translation>手部关键点，21 个</translation>
    </message>
    <message>
        <source>Joints of a hand in a crop around the hand.</source>
        <translation>手周围裁剪图中的手部关节。</translation>
    </message>
    <message>
        <source>21 points, x, y, z in pixels of the crop.</source>
        <translation>21 个点，x、y、z 以裁剪图的像素计。</translation>
    </message>
    <message>
        <source>Probability of a hand being there.</source>
        <translation>存在手的概率。</translation>
    </message>
    <message>
        <source>Probability of a right hand, in a picture that is not mirrored.</source>
        <translation>为右手的概率（图片未镜像时）。</translation>
    </message>
    <message>
        <source>21 points, x, y, z in metres from the hand&apos;s centre.</source>
        <translation>21 个点，x、y、z 以距手中心的米数计。</translation>
    </message>
    <message>
        <source>Person detector</source>
        <translation>人物检测</translation>
    </message>
    <message>
        <source>Finding persons.</source>
        <translation>查找人物。</translation>
    </message>
    <message>
        <source>2254 anchors: box centre, size and 4 key points, in pixels from the anchor.</source>
        <translation>2254 个锚点：框的中心、大小和 4 个关键点，以距锚点的像素计。</translation>
    </message>
    <message>
        <source>Logit of a person for every anchor.</source>
        <translation>每个锚点为人物的 logit 值。</translation>
    </message>
    <message>
        <source>Pose landmarks, 33</source>
        <translation>姿态关键点，33 个</translation>
    </message>
    <message>
        <source>Joints and silhouette of a person in a crop around the person.</source>
        <translation>人物周围裁剪图中的关节和轮廓。</translation>
    </message>
    <message>
        <source>39 points (33 of the body), x, y, z in pixels of the crop, logits of visibility, presence.</source>
        <translation>39 个点（其中身体 33 个），x、y、z 以裁剪图的像素计，另有可见和存在的 logit 值。</translation>
    </message>
    <message>
        <source>Probability of a person being there.</source>
        <translation>存在人物的概率。</translation>
    </message>
    <message>
        <source>Logit of the person for every pixel of the crop.</source>
        <translation>裁剪图每个像素属于人物的 logit 值。</translation>
    </message>
    <message>
        <source>A map of 64 x 64 for each of the 39 points, which refines them.</source>
        <translation>39 个点各有一幅 64 x 64 的图，用于细化。</translation>
    </message>
    <message>
        <source>39 points, x, y, z in metres from the middle of the hips.</source>
        <translation>39 个点，x、y、z 以距髋部中点的米数计。</translation>
    </message>
    <message>
        <source>Person mask</source>
        <translation>人物蒙版</translation>
    </message>
    <message>
        <source>Separating a person from the background in video calls.</source>
        <translation>在视频通话中将人物与背景分开。</translation>
    </message>
    <message>
        <source>Probability of the person for every pixel.</source>
        <translation>每个像素属于人物的概率。</translation>
    </message>
    <message>
        <source>largest difference from LiteRT with XNNPACK</source>
        <translation>与使用 XNNPACK 的 LiteRT 的最大差异</translation>
    </message>
    <message>
        <source>of the output&apos;s range</source>
        <translation>（占输出范围）</translation>
    </message>
    <message>
        <source>Sentences by their meaning, and reading Chinese and English pages</source>
        <translation>按含义比较句子，以及读取中英文页面</translation>
    </message>
    <message>
        <source>all-MiniLM-L6-v2 (sentence-transformers), built from its weights on this machine</source>
        <translation>all-MiniLM-L6-v2 (sentence-transformers)，在此计算机上由其权重构建</translation>
    </message>
    <message>
        <source>Meaning of sentences (MiniLM)</source>
        <translation>句子含义 (MiniLM)</translation>
    </message>
    <message>
        <source>Finding passages that mean the same as a question.</source>
        <translation>查找与问题含义相同的段落。</translation>
    </message>
    <message>
        <source>English; of a text only the first 254 word pieces count.</source>
        <translation>仅英文；只计文本的前 254 个词片。</translation>
    </message>
    <message>
        <source>Unit vectors; their dot product is how alike two sentences are.</source>
        <translation>单位向量；点积表示两个句子的相似程度。</translation>
    </message>
    <message>
        <source>largest difference from PyTorch</source>
        <translation>与 PyTorch 的最大差异</translation>
    </message>
    <message>
        <source>Text detector (PP-OCRv4)</source>
        <translation>文字检测 (PP-OCRv4)</translation>
    </message>
    <message>
        <source>Finding lines of text in pictures of pages.</source>
        <translation>在页面图片中查找文字行。</translation>
    </message>
    <message>
        <source>PaddleOCR (PaddlePaddle), as RapidOCR converted it</source>
        <translation>PaddleOCR (PaddlePaddle)，由 RapidOCR 转换</translation>
    </message>
    <message>
        <source>The picture&apos;s channels are blue, green, red.</source>
        <translation>图片的通道为蓝、绿、红。</translation>
    </message>
    <message>
        <source>Reads printed Chinese and English; no handwriting and no other scripts.</source>
        <translation>读取印刷的中文和英文；不支持手写和其他文字。</translation>
    </message>
    <message>
        <source>Probability that a pixel is inside a line of text.</source>
        <translation>像素位于文字行内的概率。</translation>
    </message>
    <message>
        <source>Direction of text (PP-OCR)</source>
        <translation>文字方向 (PP-OCR)</translation>
    </message>
    <message>
        <source>Telling whether a line of text is upside down.</source>
        <translation>判断文字行是否上下颠倒。</translation>
    </message>
    <message>
        <source>Probability of each direction.</source>
        <translation>每个方向的概率。</translation>
    </message>
    <message>
        <source>Text recogniser (PP-OCRv4)</source>
        <translation>文字识别 (PP-OCRv4)</translation>
    </message>
    <message>
        <source>Reading a line of text; with the detector, pages.</source>
        <translation>读取一行文字；配合检测可读取页面。</translation>
    </message>
    <message>
        <source>Probability of each character at each step: the blank, those of characters.txt, the space.</source>
        <translation>每一步各字符的概率：空白符、characters.txt 中的字符、空格。</translation>
    </message>
    <message>
        <source>Points that are found again in other pictures of the same things</source>
        <translation>在同一事物的其他图片中可再次找到的点</translation>
    </message>
    <message>
        <source>XFeat (VeRLab, UFMG), built from its weights on this machine</source>
        <translation>XFeat (VeRLab, UFMG)，在此计算机上由其权重构建</translation>
    </message>
    <message>
        <source>Local features (XFeat)</source>
        <translation>局部特征 (XFeat)</translation>
    </message>
    <message>
        <source>Matching photographs of the same scene.</source>
        <translation>匹配同一场景的照片。</translation>
    </message>
    <message>
        <source>The sides of the picture are multiples of 32.</source>
        <translation>图片的边长为 32 的倍数。</translation>
    </message>
    <message>
        <source>two photographs</source>
        <translation>两张照片</translation>
    </message>
    <message>
        <source>Unit vectors for every cell of 8 x 8 pixels.</source>
        <translation>每个 8 x 8 像素单元的单位向量。</translation>
    </message>
    <message>
        <source>Matcher of local features (LighterGlue)</source>
        <translation>局部特征匹配器 (LighterGlue)</translation>
    </message>
    <message>
        <source>Pairing the local features of two photographs.</source>
        <translation>将两张照片的局部特征配对。</translation>
    </message>
    <message>
        <source>Probability that a point of the first is one of the second.</source>
        <translation>第一张照片的点与第二张照片的点相同的概率。</translation>
    </message>
    <message>
        <source>LighterGlue (VeRLab, UFMG), built from its weights on this machine</source>
        <translation>LighterGlue (VeRLab, UFMG)，在此计算机上由其权重构建</translation>
    </message>
    <message>
        <source>Local features (DISK)</source>
        <translation>局部特征 (DISK)</translation>
    </message>
    <message>
        <source>Matching photographs of the same scene from far apart.</source>
        <translation>匹配从相距较远处拍摄的同一场景的照片。</translation>
    </message>
    <message>
        <source>A vector for every pixel.</source>
        <translation>每个像素的向量。</translation>
    </message>
    <message>
        <source>Logit of a point that is found again.</source>
        <translation>可再次找到的点的对数几率。</translation>
    </message>
    <message>
        <source>a photograph</source>
        <translation>一张照片</translation>
    </message>
    <message>
        <source>DISK (EPFL), built from its weights on this machine</source>
        <translation>DISK (EPFL)，在此计算机上由其权重构建</translation>
    </message>
    <message>
        <source>The sides of the picture are multiples of 16.</source>
        <translation>图片的边长为 16 的倍数。</translation>
    </message>
    <message>
        <source>Matcher of local features (LightGlue for DISK)</source>
        <translation>局部特征匹配器 (LightGlue，用于 DISK)</translation>
    </message>
    <message>
        <source>LightGlue (ETH Zurich), built from its weights on this machine</source>
        <translation>LightGlue (ETH Zurich)，在此计算机上由其权重构建</translation>
    </message>
    <message>
        <source>Probability that a pixel is a keypoint.</source>
        <translation>像素为关键点的概率。</translation>
    </message>
    <message>
        <source>Probability that a cell can be matched.</source>
        <translation>单元可被匹配的概率。</translation>
    </message>
    <message>
        <source>Everyday things in photographs, and their boxes in space</source>
        <translation>照片中的日常物品及其空间框</translation>
    </message>
    <message>
        <source>MediaPipe Objectron (Google), converted from TFLite on this machine</source>
        <translation>MediaPipe Objectron (Google)，在此计算机上由 TFLite 转换</translation>
    </message>
    <message>
        <source>Object detector (SSD MobileNet v2)</source>
        <translation>物体检测 (SSD MobileNet v2)</translation>
    </message>
    <message>
        <source>Finding 23 kinds of everyday things in photographs.</source>
        <translation>在照片中查找 23 类日常物品。</translation>
    </message>
    <message>
        <source>Centre and size against 1917 anchors: y, x, height, width.</source>
        <translation>相对 1917 个锚点的中心和大小：y、x、高、宽。</translation>
    </message>
    <message>
        <source>Logit of every kind; the first is the background.</source>
        <translation>每一类的 logit 值；第一类为背景。</translation>
    </message>
    <message>
        <source>Camera in space (Objectron)</source>
        <translation>空间中的相机 (Objectron)</translation>
    </message>
    <message>
        <source>The corners of the box around one thing in a crop around it.</source>
        <translation>物品周围裁剪图中包围框的各角点。</translation>
    </message>
    <message>
        <source>Centre and eight corners, x and y in pixels of the 224 x 224 input.</source>
        <translation>中心和八个角点，x、y 以 224 x 224 输入的像素计。</translation>
    </message>
    <message>
        <source>Probability that the thing is there.</source>
        <translation>物品存在的概率。</translation>
    </message>
    <message>
        <source>Chair in space (Objectron)</source>
        <translation>空间中的椅子 (Objectron)</translation>
    </message>
    <message>
        <source>Cup in space (Objectron)</source>
        <translation>空间中的杯子 (Objectron)</translation>
    </message>
    <message>
        <source>Shoe in space (Objectron)</source>
        <translation>空间中的鞋 (Objectron)</translation>
    </message>
    <message>
        <source>Whether somebody speaks, has finished, and what they say</source>
        <translation>是否有人说话、是否说完以及说了什么</translation>
    </message>
    <message>
        <source>Silero VAD (Silero Team)</source>
        <translation>Silero VAD (Silero Team)</translation>
    </message>
    <message>
        <source>Speech detector (Silero VAD)</source>
        <translation>语音检测 (Silero VAD)</translation>
    </message>
    <message>
        <source>Finding where somebody speaks.</source>
        <translation>查找有人说话的位置。</translation>
    </message>
    <message>
        <source>two recordings</source>
        <translation>两段录音</translation>
    </message>
    <message>
        <source>Probability of speech in every 512 samples at 16 kHz.</source>
        <translation>16 kHz 下每 512 个采样为语音的概率。</translation>
    </message>
    <message>
        <source>State after the last step.</source>
        <translation>最后一步之后的状态。</translation>
    </message>
    <message>
        <source>Memory after the last step.</source>
        <translation>最后一步之后的记忆。</translation>
    </message>
    <message>
        <source>End of turn (Smart Turn 3.2)</source>
        <translation>话轮结束 (Smart Turn 3.2)</translation>
    </message>
    <message>
        <source>Telling whether a speaker has finished or only pauses.</source>
        <translation>判断说话者是已说完还是仅停顿。</translation>
    </message>
    <message>
        <source>Smart Turn (Daily)</source>
        <translation>Smart Turn (Daily)</translation>
    </message>
    <message>
        <source>Probability that the speaker has finished.</source>
        <translation>说话者已说完的概率。</translation>
    </message>
    <message>
        <source>largest difference from Pipecat</source>
        <translation>与 Pipecat 的最大差异</translation>
    </message>
    <message>
        <source>Speech encoder (Whisper tiny.en)</source>
        <translation>语音编码 (Whisper tiny.en)</translation>
    </message>
    <message>
        <source>The first half of putting speech into words.</source>
        <translation>语音转文字的前半部分。</translation>
    </message>
    <message>
        <source>Whisper tiny.en (OpenAI), built from its weights on this machine</source>
        <translation>Whisper tiny.en (OpenAI)，在此计算机上由其权重构建</translation>
    </message>
    <message>
        <source>English only.</source>
        <translation>仅英文。</translation>
    </message>
    <message>
        <source>Names, numbers and words of a field are often misheard: read the text before it is used.</source>
        <translation>姓名、数字和专业词语常被听错：使用前请先阅读文本。</translation>
    </message>
    <message>
        <source>What the decoder&apos;s layers look for in the sound.</source>
        <translation>解码器各层在声音中查找的内容。</translation>
    </message>
    <message>
        <source>What they take from it.</source>
        <translation>它们从中取得的内容。</translation>
    </message>
    <message>
        <source>Speech recogniser (Whisper tiny.en)</source>
        <translation>语音识别 (Whisper tiny.en)</translation>
    </message>
    <message>
        <source>Putting English speech into words.</source>
        <translation>将英语语音转为文字。</translation>
    </message>
    <message>
        <source>two recordings, 44 words</source>
        <translation>两段录音，44 个词</translation>
    </message>
    <message>
        <source>Logit of every word of vocabulary.txt to be the next.</source>
        <translation>vocabulary.txt 中每个词为下一个词的 logit 值。</translation>
    </message>
    <message>
        <source>State of all words so far.</source>
        <translation>到目前为止所有词的状态。</translation>
    </message>
    <message>
        <source>largest difference from CTranslate2</source>
        <translation>与 CTranslate2 的最大差异</translation>
    </message>
    <message>
        <source>203 sentences</source>
        <translation>203 个句子</translation>
    </message>
    <message>
        <source>character errors</source>
        <translation>字符错误率</translation>
    </message>
    <message>
        <source>of the letters</source>
        <translation>（占字符数）</translation>
    </message>
    <message>
        <source>three English pages of 316 letters, drawn</source>
        <translation>三页绘制的英文页面，每页 316 个字符</translation>
    </message>
    <message>
        <source>three Chinese pages of 112 letters, drawn</source>
        <translation>三页绘制的中文页面，每页 112 个字符</translation>
    </message>
    <message>
        <source>The brain in MR images of the head</source>
        <translation>头部 MR 图像中的脑</translation>
    </message>
    <message>
        <source>HD-BET (German Cancer Research Center), built from its weights on this machine</source>
        <translation>HD-BET（德国癌症研究中心），在此计算机上由其权重构建</translation>
    </message>
    <message>
        <source>Brain extraction (deepbet)</source>
        <translation>脑提取 (deepbet)</translation>
    </message>
    <message>
        <source>Leaving out skull and scalp; with the model that finds the box.</source>
        <translation>去除颅骨和头皮；与查找包围框的模型配合使用。</translation>
    </message>
    <message>
        <source>deepbet (L. Fisch, University of Münster), built from its weights on this machine</source>
        <translation>deepbet（L. Fisch，明斯特大学），在此计算机上由其权重构建</translation>
    </message>
    <message>
        <source>T1-weighted images of healthy adults.</source>
        <translation>健康成人的 T1 加权图像。</translation>
    </message>
    <message>
        <source>Probability of what is no brain, and of the brain.</source>
        <translation>非脑与脑的概率。</translation>
    </message>
    <message>
        <source>Dice with HD-BET</source>
        <translation>与 HD-BET 的 Dice 系数</translation>
    </message>
    <message>
        <source>one T1 head</source>
        <translation>一例 T1 头部图像</translation>
    </message>
    <message>
        <source>another T1 head</source>
        <translation>另一例 T1 头部图像</translation>
    </message>
    <message>
        <source>Box around the brain (deepbet)</source>
        <translation>脑的包围框 (deepbet)</translation>
    </message>
    <message>
        <source>Finding roughly where the brain is.</source>
        <translation>粗略查找脑的位置。</translation>
    </message>
    <message>
        <source>Brain extraction (HD-BET, one of its five networks)</source>
        <translation>脑提取（HD-BET，五个网络之一）</translation>
    </message>
    <message>
        <source>Leaving out skull and scalp in MR images of any contrast; a check on deepbet.</source>
        <translation>在任意对比度的 MR 图像中去除颅骨和头皮；用于核对 deepbet。</translation>
    </message>
    <message>
        <source>Without the other four networks and without mirroring: less precise than HD-BET.</source>
        <translation>不含其余四个网络且不做镜像：精度低于 HD-BET。</translation>
    </message>
    <message>
        <source>Of images whose skull was taken away already it makes nothing sensible.</source>
        <translation>对已去除颅骨的图像得不到合理结果。</translation>
    </message>
    <message>
        <source>Voice (Kokoro)</source>
        <translation>语音合成 (Kokoro)</translation>
    </message>
    <message>
        <source>Saying English texts aloud.</source>
        <translation>朗读英文文本。</translation>
    </message>
    <message>
        <source>Sound at 24 kHz, -1 to 1.</source>
        <translation>24 kHz 声音，−1 至 1。</translation>
    </message>
    <message>
        <source>Kokoro-82M (hexgrad), in whole numbers of 8 bits</source>
        <translation>Kokoro-82M (hexgrad)，8 位整数</translation>
    </message>
    <message>
        <source>a T1 head</source>
        <translation>一例 T1 头部图像</translation>
    </message>
    <message>
        <source>the middle of a T1 head</source>
        <translation>一例 T1 头部图像的中部</translation>
    </message>
    <message>
        <source>The voices are of Japanese speakers: English has their accent.</source>
        <translation>语音来自日语说话人：英语带有其口音。</translation>
    </message>
    <message>
        <source>Needs the program espeak-ng, which is no part of this program.</source>
        <translation>需要程序 espeak-ng，它不属于本程序。</translation>
    </message>
    <message>
        <source>letters that the speech recogniser mishears</source>
        <translation>语音识别听错的字母</translation>
    </message>
    <message>
        <source>seven English sentences without numbers</source>
        <translation>七个不含数字的英文句子</translation>
    </message>
    <message>
        <source>Images like those it was trained on, looked over by a person who knows the subject.</source>
        <translation>与训练图像相似的图像，并由了解该领域的人员复核。</translation>
    </message>
    <message>
        <source>Trained by Sense Workstation {version} ({engine}) on the user&apos;s own labels</source>
        <translation>由 Sense Workstation {version} ({engine}) 用用户自己的标注训练</translation>
    </message>
    <message>
        <source>Trained by Sense Workstation {version} ({engine}) on the user&apos;s own labels; it learnt from {teacher}, too</source>
        <translation>由 Sense Workstation {version} ({engine}) 用用户自己的标注训练，并向 {teacher} 学习</translation>
    </message>
    <message>
        <source>probability, 0 to 1, of {names}</source>
        <translation>{names} 的概率，0 到 1</translation>
    </message>
    <message>
        <source>Not cleared as a medical device; not tested on images of other scanners or hospitals.</source>
        <translation>未获医疗器械许可；未在其他扫描仪或医院的图像上测试。</translation>
    </message>
    <message>
        <source>Trained without cross-validation: how good it is was not measured.</source>
        <translation>训练时没有交叉验证：其质量未经测量。</translation>
    </message>
    <message>
        <source>Measured on blocks of the images that it was trained on, not on other patients.</source>
        <translation>在训练图像的分块上测量，而非其他患者。</translation>
    </message>
    <message>
        <source>Could not be measured: {quantities}.</source>
        <translation>无法测量：{quantities}。</translation>
    </message>
    <message>
        <source>{data}; standard deviation over the cases {deviation}</source>
        <translation>{data}；各病例间标准差 {deviation}</translation>
    </message>
    <message>
        <source>loss against {name}@{version}</source>
        <translation>相对 {name}@{version} 的损失</translation>
    </message>
    <message>
        <source>{count} inputs</source>
        <translation>{count} 个输入</translation>
    </message>
    <message>
        <source>{count} patches of the images that it was trained on</source>
        <translation>训练图像中的 {count} 个图块</translation>
    </message>
    <message>
        <source>{count} pictures of the images that it was trained on</source>
        <translation>训练图像中的 {count} 幅图片</translation>
    </message>
    <message>
        <source>Dice {label}</source>
        <translation>{label} 的 Dice 系数</translation>
    </message>
    <message>
        <source>F1 of objects at IoU 0.5</source>
        <translation>对象的 F1 (IoU 0.5)</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>sensitivity {label}</source>
        <translation>{label} 的灵敏度</translation>
    </message>
    <message>
        <source>specificity {label}</source>
        <translation>{label} 的特异度</translation>
    </message>
    <message>
        <source>area under the ROC curve {label}</source>
        <translation>{label} 的 ROC 曲线下面积</translation>
    </message>
    <message>
        <source>{folds}-fold cross-validation over blocks of {cases} image(s), each model trained for {own} of {all} minutes</source>
        <translation>在 {cases} 幅图像的分块上进行 {folds} 折交叉验证，每个模型训练 {own} 分钟（共 {all} 分钟）</translation>
    </message>
    <message>
        <source>{folds}-fold cross-validation on {cases} images, each model trained for {own} of {all} minutes</source>
        <translation>在 {cases} 幅图像上进行 {folds} 折交叉验证，每个模型训练 {own} 分钟（共 {all} 分钟）</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models and packages of packs</source>
        <translation>模型与模型包安装文件</translation>
    </message>
    <message>
        <source>Add model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Folder with the packages</source>
        <translation>安装文件所在文件夹</translation>
    </message>
    <message>
        <source>{name}: {time} a run on {provider}.</source>
        <translation>{name}：在 {provider} 上每次运行 {time}。</translation>
    </message>
    <message>
        <source>Models removed: {count}</source>
        <translation>已移除模型：{count}</translation>
    </message>
    <message>
        <source>In use: {names}</source>
        <translation>使用中：{names}</translation>
    </message>
    <message>
        <source>Models added: {names}</source>
        <translation>已添加模型：{names}</translation>
    </message>
    <message>
        <source>Models verified, all as they were: {count}</source>
        <translation>已校验模型，均完好：{count}</translation>
    </message>
    <message>
        <source>Stopped; the store is as it was.</source>
        <translation>已停止；模型库保持原样。</translation>
    </message>
    <message>
        <source>Download and add ({size})</source>
        <translation>下载并添加 ({size})</translation>
    </message>
    <message>
        <source>Add ({size})</source>
        <translation>添加 ({size})</translation>
    </message>
    <message>
        <source>Use this version</source>
        <translation>使用此版本</translation>
    </message>
    <message>
        <source>Go back to {version}</source>
        <translation>退回到 {version}</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Add file…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>An ONNX file with its card beside it, or the package of a pack</source>
        <translation>旁边有卡片的 ONNX 文件，或模型包的安装文件</translation>
    </message>
    <message>
        <source>Add from address…</source>
        <translation>从地址添加…</translation>
    </message>
    <message>
        <source>Download a model or a package from an address that you give</source>
        <translation>从您给出的地址下载模型或安装文件</translation>
    </message>
    <message>
        <source>Updates…</source>
        <translation>更新…</translation>
    </message>
    <message>
        <source>Newer models from your organisation&apos;s signed server</source>
        <translation>来自所在机构签名服务器的较新模型</translation>
    </message>
    <message>
        <source>Add from folder…</source>
        <translation>从文件夹添加…</translation>
    </message>
    <message>
        <source>Take packages that were downloaded on another computer</source>
        <translation>使用在另一台计算机上下载的安装文件</translation>
    </message>
    <message>
        <source>Verify all</source>
        <translation>全部校验</translation>
    </message>
    <message>
        <source>Compare every file with the digest in its card</source>
        <translation>将每个文件与其卡片中的摘要比对</translation>
    </message>
    <message>
        <source>Measure speed</source>
        <translation>测量速度</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Models of the store</source>
        <translation>模型库中的模型</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>模型卡片</translation>
    </message>
</context>
<context>
    <name>MoreOptions</name>
    <message>
        <source>More options</source>
        <translation>更多选项</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ObjectsPanel</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>转到</translation>
    </message>
    <message>
        <source>Change measurements</source>
        <translation>更改测量</translation>
    </message>
    <message>
        <source>Show as surfaces</source>
        <translation>显示为表面</translation>
    </message>
    <message>
        <source>Measure segments…</source>
        <translation>测量分割…</translation>
    </message>
    <message>
        <source>Convert segments…</source>
        <translation>转换分割…</translation>
    </message>
    <message>
        <source>Show only this</source>
        <translation>仅显示此项</translation>
    </message>
    <message>
        <source>Change colour…</source>
        <translation>更改颜色…</translation>
    </message>
    <message>
        <source>Colour of {title}</source>
        <translation>{title} 的颜色</translation>
    </message>
    <message>
        <source>Overlays and reports</source>
        <translation>叠加与报告</translation>
    </message>
    <message>
        <source>Show or hide all overlays</source>
        <translation>显示或隐藏所有叠加</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>The library holds no segmentations, structures, doses or reports of this series.</source>
        <translation>影像库中没有此序列的分割、结构、剂量或报告。</translation>
    </message>
    <message>
        <source>Segmentations, structures, doses and reports of the open series stand here.</source>
        <translation>所打开序列的分割、结构、剂量和报告列在此处。</translation>
    </message>
</context>
<context>
    <name>ObjectsTree</name>
    <message>
        <source>{title} (being read)</source>
        <translation>{title}（正在读取）</translation>
    </message>
    <message>
        <source>{title} (cannot be read)</source>
        <translation>{title}（无法读取）</translation>
    </message>
</context>
<context>
    <name>OfferTree</name>
    <message>
        <source>new</source>
        <translation>新</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>此处版本</translation>
    </message>
    <message>
        <source>Offered</source>
        <translation>提供的版本</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Models that the server offers</source>
        <translation>服务器提供的模型</translation>
    </message>
</context>
<context>
    <name>OpenedMap</name>
    <message>
        <source>Close the map</source>
        <translation>关闭地图</translation>
    </message>
    <message>
        <source>The camera is looked for in {name}: {points} points, {count} keyframes</source>
        <translation>在 {name} 中查找相机：{points} 个点，{count} 个关键帧</translation>
    </message>
</context>
<context>
    <name>OpenerQuestion</name>
    <message>
        <source>Open with</source>
        <translation>打开方式</translation>
    </message>
    <message>
        <source>{name} and {count} more</source>
        <translation>{name} 等（另有 {count} 个）</translation>
    </message>
    <message>
        <source>Where is {name} to be opened?</source>
        <translation>在哪里打开 {name}？</translation>
    </message>
</context>
<context>
    <name>OpeningPage</name>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Open photographs or film</source>
        <translation>打开照片或影片</translation>
    </message>
    <message>
        <source>Photographs and films</source>
        <translation>照片和影片</translation>
    </message>
</context>
<context>
    <name>PacsPage</name>
    <message>
        <source>Searching…</source>
        <translation>正在检索…</translation>
    </message>
    <message>
        <source>Getting…</source>
        <translation>正在获取…</translation>
    </message>
    <message>
        <source>Testing {name}…</source>
        <translation>正在测试 {name}…</translation>
    </message>
    <message>
        <source>Sending…</source>
        <translation>正在发送…</translation>
    </message>
    <message>
        <source>Add a server to search it.</source>
        <translation>请先添加服务器，再进行检索。</translation>
    </message>
    <message>
        <source>{name} answers.</source>
        <translation>{name} 有应答。</translation>
    </message>
    <message>
        <source>Studies found: {count}</source>
        <translation>找到检查：{count}</translation>
    </message>
    <message>
        <source>No study matches.</source>
        <translation>没有符合条件的检查。</translation>
    </message>
    <message>
        <source>The study is here: {count} images.</source>
        <translation>检查已到：{count} 幅图像。</translation>
    </message>
    <message>
        <source>Images sent: {sent}, waiting: {waiting}, refused: {refused}</source>
        <translation>图像已发送：{sent}，等待：{waiting}，被拒绝：{refused}</translation>
    </message>
    <message>
        <source>Send what waits ({count})</source>
        <translation>发送等待的内容 ({count})</translation>
    </message>
    <message>
        <source>PACS</source>
        <translation>PACS</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Patient ID</source>
        <translation>患者 ID</translation>
    </message>
    <message>
        <source>Patient name</source>
        <translation>患者姓名</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>设备类型</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>检索</translation>
    </message>
    <message>
        <source>Get and open</source>
        <translation>获取并打开</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Any date</source>
        <translation>任意日期</translation>
    </message>
    <message>
        <source>Send series…</source>
        <translation>发送序列…</translation>
    </message>
</context>
<context>
    <name>PacsSendDialog</name>
    <message>
        <source>Send series: {count}</source>
        <translation>发送序列：{count}</translation>
    </message>
    <message>
        <source>Send series</source>
        <translation>发送序列</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>检索</translation>
    </message>
    <message>
        <source>Study and series</source>
        <translation>检查和序列</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
</context>
<context>
    <name>PacsServerDialog</name>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Our AE title</source>
        <translation>本机 AE 标题</translation>
    </message>
    <message>
        <source>Receive by C-MOVE on port</source>
        <translation>以 C-MOVE 接收的端口</translation>
    </message>
    <message>
        <source>Bearer token file</source>
        <translation>持有者令牌文件</translation>
    </message>
    <message>
        <source>Certificate authorities</source>
        <translation>证书颁发机构</translation>
    </message>
    <message>
        <source>Encrypt with TLS</source>
        <translation>以 TLS 加密</translation>
    </message>
    <message>
        <source>C-GET instead</source>
        <translation>改用 C-GET</translation>
    </message>
    <message>
        <source>Trust the system&apos;s</source>
        <translation>信任系统的</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Choose file</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Our certificate</source>
        <translation>本机证书</translation>
    </message>
    <message>
        <source>Its private key</source>
        <translation>其私钥</translation>
    </message>
</context>
<context>
    <name>PhotographPanel</name>
    <message>
        <source>no camera: {reason}</source>
        <translation>无相机：{reason}</translation>
    </message>
    <message>
        <source>Photographs: {count}</source>
        <translation>照片：{count}</translation>
    </message>
    <message>
        <source>with remarks: {count}</source>
        <translation>有提示：{count}</translation>
    </message>
    <message>
        <source>Photographs</source>
        <translation>照片</translation>
    </message>
</context>
<context>
    <name>PhotographSide</name>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Add photographs or open a film</source>
        <translation>添加照片或打开影片</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>Begin with other photographs</source>
        <translation>用其他照片重新开始</translation>
    </message>
</context>
<context>
    <name>PictureSaver</name>
    <message>
        <source>Save picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>PNG pictures (*.png)</source>
        <translation>PNG 图片 (*.png)</translation>
    </message>
</context>
<context>
    <name>PlacesList</name>
    <message>
        <source>Pictures that were looked for in the map</source>
        <translation>在地图中查找的图片</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
</context>
<context>
    <name>Preset</name>
    <message>
        <source>CT bone</source>
        <translation>CT 骨骼</translation>
    </message>
    <message>
        <source>CT vessels</source>
        <translation>CT 血管</translation>
    </message>
    <message>
        <source>CT lung</source>
        <translation>CT 肺</translation>
    </message>
    <message>
        <source>CT skin</source>
        <translation>CT 皮肤</translation>
    </message>
    <message>
        <source>CT muscle</source>
        <translation>CT 肌肉</translation>
    </message>
    <message>
        <source>CT MIP</source>
        <translation>CT MIP</translation>
    </message>
    <message>
        <source>MR head</source>
        <translation>MR 头部</translation>
    </message>
    <message>
        <source>MR vessels</source>
        <translation>MR 血管</translation>
    </message>
    <message>
        <source>MR MIP</source>
        <translation>MR MIP</translation>
    </message>
</context>
<context>
    <name>PresetButtons</name>
    <message>
        <source>Save preset</source>
        <translation>保存预设</translation>
    </message>
    <message>
        <source>My preset</source>
        <translation>我的预设</translation>
    </message>
    <message>
        <source>Rename preset</source>
        <translation>重命名预设</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Replace the preset “{name}”?</source>
        <translation>要覆盖预设“{name}”吗？</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>Delete the preset “{name}”?</source>
        <translation>要删除预设“{name}”吗？</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Reset to preset</source>
        <translation>重置为预设</translation>
    </message>
    <message>
        <source>Rename preset…</source>
        <translation>重命名预设…</translation>
    </message>
    <message>
        <source>Delete preset…</source>
        <translation>删除预设…</translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation>另存为预设…</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>搜索范围(&amp;L)：</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>文件类型(&amp;T)：</translation>
    </message>
</context>
<context>
    <name>QFileSystemModel</name>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
</context>
<context>
    <name>QKeySequenceEdit</name>
    <message>
        <source>Press shortcut</source>
        <translation>按下快捷键</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>ReadingWindow</name>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
</context>
<context>
    <name>Readings</name>
    <message>
        <source>turned {yaw:+.0f}°, raised {pitch:+.0f}°, tilted {roll:+.0f}°; {distance:.2f} m away</source>
        <translation>转动 {yaw:+.0f}°，抬起 {pitch:+.0f}°，倾斜 {roll:+.0f}°；距离 {distance:.2f} 米</translation>
    </message>
    <message>
        <source>{across:+.0f}° to the left, {up:+.0f}° up</source>
        <translation>向左 {across:+.0f}°，向上 {up:+.0f}°</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头部</translation>
    </message>
    <message>
        <source>Gaze</source>
        <translation>视线</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>表情</translation>
    </message>
</context>
<context>
    <name>ReconstructionPage</name>
    <message>
        <source>Photographs are being reconstructed: cancel that first.</source>
        <translation>正在重建照片：请先取消。</translation>
    </message>
    <message>
        <source>Stored in {folder}</source>
        <translation>已保存到 {folder}</translation>
    </message>
    <message>
        <source>The mesh was exported.</source>
        <translation>网格已导出。</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Finding the cameras. They appear here as soon as they are known.</source>
        <translation>正在求解相机位姿，得到结果后会立即显示在此处。</translation>
    </message>
    <message>
        <source>Looking at the photographs…</source>
        <translation>正在查看照片…</translation>
    </message>
    <message>
        <source>Choose a quality and press Reconstruct.</source>
        <translation>选择质量，然后按“重建”。</translation>
    </message>
    <message>
        <source>At least two photographs of the same thing are needed.</source>
        <translation>至少需要同一物体的两张照片。</translation>
    </message>
</context>
<context>
    <name>RemovalQuestion</name>
    <message>
        <source>Remove models</source>
        <translation>移除模型</translation>
    </message>
    <message>
        <source>Remove “{title}” from this computer?</source>
        <translation>从此计算机移除“{title}”？</translation>
    </message>
    <message>
        <source>Remove “{title}” ({size}) from this computer?</source>
        <translation>从此计算机移除“{title}”({size})？</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>RendererChoice</name>
    <message>
        <source>Measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>Not measured yet: the first start does so after some seconds.</source>
        <translation>尚未测量：首次启动几秒后自动测量。</translation>
    </message>
    <message>
        <source>Processor: {native} ms. No graphics processor draws here.</source>
        <translation>处理器：{native} 毫秒。本机没有可用于绘制的图形处理器。</translation>
    </message>
    <message>
        <source>Processor: {native} ms. VTK: {vtk} ms on {device}.</source>
        <translation>处理器：{native} 毫秒。VTK：{vtk} 毫秒（{device}）。</translation>
    </message>
    <message>
        <source>Drawn by what is faster here</source>
        <translation>由本机上较快的方式绘制</translation>
    </message>
    <message>
        <source>Drawn by the processor</source>
        <translation>由处理器绘制</translation>
    </message>
    <message>
        <source>Drawn by the graphics processor (VTK)</source>
        <translation>由图形处理器绘制 (VTK)</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
</context>
<context>
    <name>ReplacementQuestion</name>
    <message>
        <source>Add model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>{name} is in the store already. Replace it?</source>
        <translation>{name} 已在模型库中。替换吗？</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
</context>
<context>
    <name>ResetQuestion</name>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Give every setting and shortcut its default again? Studies are not touched.</source>
        <translation>要将所有设置和快捷键恢复为默认值吗？检查不受影响。</translation>
    </message>
    <message>
        <source>Reset all settings</source>
        <translation>重置所有设置</translation>
    </message>
</context>
<context>
    <name>ResultBar</name>
    <message>
        <source>Sparse points</source>
        <translation>稀疏点</translation>
    </message>
    <message>
        <source>Dense points</source>
        <translation>稠密点</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>显示内容</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Open the report in the browser</source>
        <translation>在浏览器中打开报告</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Show the cameras</source>
        <translation>显示相机</translation>
    </message>
    <message>
        <source>Reset the view (Home)</source>
        <translation>重置视图 (Home)</translation>
    </message>
    <message>
        <source>Compare with the photograph</source>
        <translation>与照片比较</translation>
    </message>
    <message>
        <source>Measure a distance</source>
        <translation>测量距离</translation>
    </message>
    <message>
        <source>Measure an area</source>
        <translation>测量面积</translation>
    </message>
    <message>
        <source>Set the scale by a known distance</source>
        <translation>用已知距离设置尺度</translation>
    </message>
    <message>
        <source>Set the floor, turn</source>
        <translation>设置地面、旋转</translation>
    </message>
    <message>
        <source>Crop box</source>
        <translation>裁剪框</translation>
    </message>
    <message>
        <source>Brush away</source>
        <translation>刷除</translation>
    </message>
</context>
<context>
    <name>ResultPane</name>
    <message>
        <source>Export the mesh</source>
        <translation>导出网格</translation>
    </message>
    <message>
        <source>cameras: {count}</source>
        <translation>相机：{count}</translation>
    </message>
    <message>
        <source>without a camera: {count}</source>
        <translation>无相机：{count}</translation>
    </message>
    <message>
        <source>triangles: {count}</source>
        <translation>三角形：{count}</translation>
    </message>
    <message>
        <source>points: {count}</source>
        <translation>点：{count}</translation>
    </message>
    <message>
        <source>residual {error} px</source>
        <translation>残差 {error} 像素</translation>
    </message>
    <message>
        <source>unit: metre</source>
        <translation>单位：米</translation>
    </message>
    <message>
        <source>no scale: lengths have no unit</source>
        <translation>无尺度：长度没有单位</translation>
    </message>
    <message>
        <source>more are being found</source>
        <translation>仍在求解</translation>
    </message>
</context>
<context>
    <name>ResultTools</name>
    <message>
        <source>Area {area}{unit}  ·  around it {length}</source>
        <translation>面积 {area}{unit}  ·  周长 {length}</translation>
    </message>
    <message>
        <source>Length {length}</source>
        <translation>长度 {length}</translation>
    </message>
    <message>
        <source>Length {length} ± {sigma}</source>
        <translation>长度 {length} ± {sigma}</translation>
    </message>
</context>
<context>
    <name>RunPanel</name>
    <message>
        <source>More options…</source>
        <translation>更多选项…</translation>
    </message>
    <message>
        <source>More options ({count})…</source>
        <translation>更多选项（{count}）…</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>重新运行</translation>
    </message>
    <message>
        <source>Reconstruct</source>
        <translation>重建</translation>
    </message>
    <message>
        <source>Ended. What was done is kept: Resume goes on from there.</source>
        <translation>已结束。已完成的部分会保留：按“继续”可从该处接着进行。</translation>
    </message>
    <message>
        <source>Waiting…</source>
        <translation>等待中…</translation>
    </message>
    <message>
        <source>about {seconds} s left</source>
        <translation>大约还需 {seconds} 秒</translation>
    </message>
    <message>
        <source>about {minutes} min left</source>
        <translation>大约还需 {minutes} 分钟</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Up to</source>
        <translation>进行到</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>High</source>
        <translation>高</translation>
    </message>
    <message>
        <source>A quality for each stage</source>
        <translation>每个阶段单独设置质量</translation>
    </message>
    <message>
        <source>What a change does not touch is not computed again</source>
        <translation>更改未涉及的部分不会重新计算</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Dense points</source>
        <translation>稠密点</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>Textured mesh</source>
        <translation>带纹理网格</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop; what is done is kept</source>
        <translation>停止；已完成的部分会保留</translation>
    </message>
    <message>
        <source>Progress of the reconstruction</source>
        <translation>重建进度</translation>
    </message>
</context>
<context>
    <name>SequenceBar</name>
    <message>
        <source>Whole series</source>
        <translation>整个序列</translation>
    </message>
    <message>
        <source>Part of the series</source>
        <translation>序列的部分</translation>
    </message>
    <message>
        <source>Previous volume</source>
        <translation>上一个容积</translation>
    </message>
    <message>
        <source>Play volumes</source>
        <translation>播放容积</translation>
    </message>
    <message>
        <source>Next volume</source>
        <translation>下一个容积</translation>
    </message>
    <message>
        <source>Volume: time, phase or b-value</source>
        <translation>容积：时间、期相或 b 值</translation>
    </message>
    <message>
        <source>Volumes a second</source>
        <translation>每秒容积数</translation>
    </message>
    <message>
        <source> /s</source>
        <translation> /秒</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>您的姓名</translation>
    </message>
    <message>
        <source>Library folder</source>
        <translation>影像库文件夹</translation>
    </message>
    <message>
        <source>Imported files</source>
        <translation>导入的文件</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>3D pictures</source>
        <translation>三维图像</translation>
    </message>
    <message>
        <source>You</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>影像库</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Dark, for a reading room</source>
        <translation>深色（适用于阅片室）</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Leave them where they are</source>
        <translation>保留在原处</translation>
    </message>
    <message>
        <source>Copy them into the library</source>
        <translation>复制到影像库</translation>
    </message>
    <message>
        <source>Stands in the audit trail</source>
        <translation>记入审计跟踪</translation>
    </message>
    <message>
        <source>Log whenever the window does not answer for 50 ms</source>
        <translation>窗口超过 50 毫秒无响应时记入日志</translation>
    </message>
    <message>
        <source>Start with another one by --library or the variable SENSE_LIBRARY.</source>
        <translation>启动时可用 --library 或环境变量 SENSE_LIBRARY 指定其他影像库。</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>显示文件夹</translation>
    </message>
    <message>
        <source>Reset all settings…</source>
        <translation>重置所有设置…</translation>
    </message>
    <message>
        <source>{used} of {total} GiB in use by this program</source>
        <translation>本程序已使用 {used} GiB，共 {total} GiB</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Find a command or a key</source>
        <translation>查找命令或按键</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指定</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Choose a command</source>
        <translation>请选择命令</translation>
    </message>
    <message>
        <source>These keys belong to: {names}. Assign again to take them.</source>
        <translation>这些按键已用于：{names}。再次指定即可改用于此命令。</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Medical imaging and spatial content on one desktop</source>
        <translation>医学影像与空间内容，汇于一个桌面</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>Open the phantom study</source>
        <translation>打开体模检查</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Import archive…</source>
        <translation>导入压缩包…</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>深色主题</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>浅色主题</translation>
    </message>
    <message>
        <source>Clear list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>Nothing was opened yet. The phantom study needs no data of yours.</source>
        <translation>尚未打开任何内容。体模检查无需您提供数据。</translation>
    </message>
    <message>
        <source>This program is not a certified medical device. Do not use it for diagnosis or treatment.</source>
        <translation>本程序不是经认证的医疗器械。请勿用于诊断或治疗。</translation>
    </message>
    <message>
        <source>Ctrl+K finds every command</source>
        <translation>按 Ctrl+K 查找所有命令</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Not a medical device · not for diagnosis</source>
        <translation>非医疗器械 · 不可用于诊断</translation>
    </message>
    <message>
        <source>Jobs: {count}</source>
        <translation>任务：{count}</translation>
    </message>
    <message>
        <source>Failed jobs: {count}</source>
        <translation>失败的任务：{count}</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
</context>
<context>
    <name>StoreTree</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Speed here</source>
        <translation>本机速度</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>Your own models</source>
        <translation>您自己的模型</translation>
    </message>
    <message>
        <source>not added</source>
        <translation>未添加</translation>
    </message>
    <message>
        <source>{version}, not in use</source>
        <translation>{version}，未使用</translation>
    </message>
</context>
<context>
    <name>StudyTable</name>
    <message>
        <source>Patient</source>
        <translation>患者</translation>
    </message>
    <message>
        <source>Patient ID</source>
        <translation>患者 ID</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>设备类型</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
</context>
<context>
    <name>SurfaceDrop</name>
    <message>
        <source>Show in this volume</source>
        <translation>显示在此容积中</translation>
    </message>
    <message>
        <source>Dropped elsewhere, surfaces open in a window of their own.</source>
        <translation>拖放到其他位置时，表面将在单独的窗口中打开。</translation>
    </message>
</context>
<context>
    <name>SurfaceMenus</name>
    <message>
        <source>Open surfaces…</source>
        <translation>打开表面…</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Save turntable…</source>
        <translation>保存旋转影片…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>从前面看</translation>
    </message>
    <message>
        <source>From the back</source>
        <translation>从后面看</translation>
    </message>
    <message>
        <source>From the left</source>
        <translation>从左侧看</translation>
    </message>
    <message>
        <source>From the right</source>
        <translation>从右侧看</translation>
    </message>
    <message>
        <source>From above</source>
        <translation>从上面看</translation>
    </message>
    <message>
        <source>From below</source>
        <translation>从下面看</translation>
    </message>
    <message>
        <source>Reset the view</source>
        <translation>重置视图</translation>
    </message>
    <message>
        <source>Turn by itself</source>
        <translation>自动旋转</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>Show only the chosen surface</source>
        <translation>只显示所选表面</translation>
    </message>
    <message>
        <source>Go near the chosen surface</source>
        <translation>靠近所选表面</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Surfaces</source>
        <translation>表面(&amp;S)</translation>
    </message>
    <message>
        <source>Open surfaces</source>
        <translation>打开表面</translation>
    </message>
    <message>
        <source>Surfaces and points ({kinds})</source>
        <translation>表面和点云 ({kinds})</translation>
    </message>
</context>
<context>
    <name>SurfaceWindow</name>
    <message>
        <source>{name} – surfaces</source>
        <translation>{name} – 表面</translation>
    </message>
    <message>
        <source>Surfaces</source>
        <translation>表面</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>Turn by itself</source>
        <translation>自动旋转</translation>
    </message>
    <message>
        <source>Reset the view (Home)</source>
        <translation>重置视图 (Home)</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Save turntable…</source>
        <translation>保存旋转影片…</translation>
    </message>
    <message>
        <source>Surface</source>
        <translation>表面</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>点云</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Size {x} × {y} × {z} {unit}</source>
        <translation>尺寸 {x} × {y} × {z} {unit}</translation>
    </message>
    <message>
        <source>Click a surface to name it; drag to turn.</source>
        <translation>单击表面显示名称，拖动旋转。</translation>
    </message>
    <message>
        <source>{volume} ml</source>
        <translation>{volume} ml</translation>
    </message>
    <message>
        <source>Points: {count}</source>
        <translation>点数：{count}</translation>
    </message>
    <message>
        <source>{area} cm²</source>
        <translation>{area} cm²</translation>
    </message>
    <message>
        <source>{count} triangles</source>
        <translation>{count} 个三角形</translation>
    </message>
</context>
<context>
    <name>TableDialog</name>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>另存为 CSV…</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>另存为 CSV</translation>
    </message>
    <message>
        <source>Comma-separated values (*.csv)</source>
        <translation>逗号分隔值 (*.csv)</translation>
    </message>
</context>
<context>
    <name>ToolStrip</name>
    <message>
        <source>Click points to measure the way along them. Backspace takes one back.</source>
        <translation>单击各点以测量沿途长度。退格键撤回一点。</translation>
    </message>
    <message>
        <source>Click the corners of an area. Backspace takes one back.</source>
        <translation>单击区域的各个角。退格键撤回一点。</translation>
    </message>
    <message>
        <source>Click two points whose distance you know, then type it.</source>
        <translation>单击两个已知间距的点，然后输入距离。</translation>
    </message>
    <message>
        <source>Click three points of the floor: it becomes level, at height 0.</source>
        <translation>单击地面上的三个点：地面将变为水平，高度为 0。</translation>
    </message>
    <message>
        <source>Drag the handles: only what is inside stays. C chooses the next face, [ and ] move it.</source>
        <translation>拖动手柄：只保留框内的部分。C 选择下一个面，[ 和 ] 移动它。</translation>
    </message>
    <message>
        <source>Brush away what does not belong there. [ and ] change the size.</source>
        <translation>刷除不属于此处的部分。[ 和 ] 更改大小。</translation>
    </message>
    <message>
        <source>Distance of the two points</source>
        <translation>两点的距离</translation>
    </message>
    <message>
        <source>Set scale</source>
        <translation>设置尺度</translation>
    </message>
    <message>
        <source>Remove the box</source>
        <translation>移除框</translation>
    </message>
    <message>
        <source>Angle to turn by, seen from above</source>
        <translation>旋转角度（从上方看）</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Centre</source>
        <translation>居中</translation>
    </message>
    <message>
        <source>Move the middle over the origin</source>
        <translation>将中心移到原点上方</translation>
    </message>
    <message>
        <source>Upside down</source>
        <translation>上下翻转</translation>
    </message>
    <message>
        <source>Reset place</source>
        <translation>重置位置</translation>
    </message>
    <message>
        <source>Back to the place and scale that the reconstruction found</source>
        <translation>回到重建得到的位置和尺度</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
</context>
<context>
    <name>TrainingForm</name>
    <message>
        <source>Choose labelled images</source>
        <translation>选择已标注图像</translation>
    </message>
    <message>
        <source>Choose a table of classes</source>
        <translation>选择类别表格</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>the library</source>
        <translation>资料库</translation>
    </message>
    <message>
        <source>Reading {name}…</source>
        <translation>正在读取 {name}…</translation>
    </message>
    <message>
        <source>Volumes: {count}</source>
        <translation>体数据：{count}</translation>
    </message>
    <message>
        <source>Pictures: {count}</source>
        <translation>图片：{count}</translation>
    </message>
    <message>
        <source>objects: {count}</source>
        <translation>对象：{count}</translation>
    </message>
    <message>
        <source>left out: {count}</source>
        <translation>未采用：{count}</translation>
    </message>
    <message>
        <source>These are few images: the model may fail on others that look different.</source>
        <translation>图像数量偏少：对外观不同的图像，模型可能失败。</translation>
    </message>
    <message>
        <source>1 · Images</source>
        <translation>1 · 图像</translation>
    </message>
    <message>
        <source>2 · What is learnt</source>
        <translation>2 · 学习内容</translation>
    </message>
    <message>
        <source>Choose folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>From the library</source>
        <translation>来自资料库</translation>
    </message>
    <message>
        <source>Structures in images</source>
        <translation>图像中的结构</translation>
    </message>
    <message>
        <source>Objects that touch</source>
        <translation>相互接触的对象</translation>
    </message>
    <message>
        <source>Network of half the width</source>
        <translation>宽度减半的网络</translation>
    </message>
    <message>
        <source>Fewer bits are kept only where they lose no more than the card of the model allows; half the width learns from the model, and is measured as it is</source>
        <translation>较少位数的权重仅在损失不超过模型卡允许值时保留；宽度减半的网络向该模型学习，并以同样方式测量</translation>
    </message>
    <message>
        <source>A folder holds images/ and labels/ with files of the same names, or a folder of images for every class. The library gives the studies that have segmentations. A table has a series or a file and its class in every line.</source>
        <translation>文件夹中有 images/ 和 labels/，文件同名；或每个类别一个图像文件夹。资料库提供带分割的检查。表格每行给出一个序列或文件及其类别。</translation>
    </message>
    <message>
        <source>Choose table…</source>
        <translation>选择表格…</translation>
    </message>
    <message>
        <source>A series of the library, or a file, and its class in every line</source>
        <translation>每行一个资料库序列或文件及其类别</translation>
    </message>
    <message>
        <source>Classes of images</source>
        <translation>图像分类</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像数</translation>
    </message>
    <message>
        <source>Labels that are learnt</source>
        <translation>要学习的标签</translation>
    </message>
    <message>
        <source>Series that are learnt from</source>
        <translation>用于学习的序列</translation>
    </message>
    <message>
        <source>Cross-validation</source>
        <translation>交叉验证</translation>
    </message>
    <message>
        <source>Spends a part of the time on measuring how good the model is</source>
        <translation>用一部分时间测量模型有多好</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Nothing, from the start</source>
        <translation>无，从头训练</translation>
    </message>
    <message>
        <source>No smaller network</source>
        <translation>不制作更小的网络</translation>
    </message>
    <message>
        <source>16-bit weights</source>
        <translation>16 位权重</translation>
    </message>
    <message>
        <source>8-bit weights</source>
        <translation>8 位权重</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Also make</source>
        <translation>同时制作</translation>
    </message>
    <message>
        <source>Tune further</source>
        <translation>继续微调</translation>
    </message>
</context>
<context>
    <name>TrainingPage</name>
    <message>
        <source>Reading and preparing the images…</source>
        <translation>正在读取并准备图像…</translation>
    </message>
    <message>
        <source>about {minutes} min left</source>
        <translation>约剩 {minutes} 分钟</translation>
    </message>
    <message>
        <source>{name} {version} is in the store.</source>
        <translation>{name} {version} 已存入模型库。</translation>
    </message>
    <message>
        <source>Cancelled. What was learnt is kept: go on when you like.</source>
        <translation>已取消。已学到的内容已保留，可随时继续。</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>3 · Training</source>
        <translation>3 · 训练</translation>
    </message>
    <message>
        <source>Training needs PyTorch and MONAI. Install them with dev.py setup --extra train, or name a Python that has them in {variable}.</source>
        <translation>训练需要 PyTorch 和 MONAI。请用 dev.py setup --extra train 安装，或在 {variable} 中指定装有它们的 Python。</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Goes on with the training of this name that was cancelled</source>
        <translation>继续已取消的同名训练</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>显示模型</translation>
    </message>
    <message>
        <source>The curves of the training appear here while the model learns.</source>
        <translation>模型学习时，训练曲线会显示在这里。</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Curves of the training</source>
        <translation>训练曲线</translation>
    </message>
    <message>
        <source>Your labels</source>
        <translation>您的标注</translation>
    </message>
    <message>
        <source>The model now</source>
        <translation>当前模型</translation>
    </message>
    <message>
        <source>A sample of the training</source>
        <translation>训练示例</translation>
    </message>
</context>
<context>
    <name>TrainingResult</name>
    <message>
        <source>How good it is was not measured: there was no cross-validation.</source>
        <translation>未测量其质量：没有进行交叉验证。</translation>
    </message>
    <message>
        <source>{name} is in the store, too: half as wide, it learnt from the model.</source>
        <translation>{name} 也已存入：宽度减半，向该模型学习而成。</translation>
    </message>
    <message>
        <source>{name} is in the store, too: it loses {loss}.</source>
        <translation>{name} 也已在模型库中：损失为 {loss}。</translation>
    </message>
    <message>
        <source>{quantity}: {value}</source>
        <translation>{quantity}：{value}</translation>
    </message>
</context>
<context>
    <name>TransferEditor</name>
    <message>
        <source>Colour of the point</source>
        <translation>控制点颜色</translation>
    </message>
    <message>
        <source>Transfer function</source>
        <translation>传递函数</translation>
    </message>
    <message>
        <source>Opacity over value</source>
        <translation>不透明度随值的变化</translation>
    </message>
    <message>
        <source>Click to add a point, drag to move it, right click or Delete to remove it, double click for its colour.
Arrows move the point, Page Up and Page Down choose another, Insert adds one; the wheel zooms.</source>
        <translation>单击添加控制点，拖动可移动，右键单击或按 Delete 删除，双击设置颜色。
方向键移动控制点，Page Up 和 Page Down 选择其他控制点，Insert 添加控制点；滚轮缩放。</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>Colour…</source>
        <translation>颜色…</translation>
    </message>
    <message>
        <source>Remove point</source>
        <translation>删除控制点</translation>
    </message>
    <message>
        <source>Show surfaces more than insides</source>
        <translation>突出表面，弱化内部</translation>
    </message>
    <message>
        <source>Opacity grows with the gradient of the values</source>
        <translation>不透明度随值的梯度增大</translation>
    </message>
    <message>
        <source>Shading</source>
        <translation>光照</translation>
    </message>
</context>
<context>
    <name>TurntableSaver</name>
    <message>
        <source>Save turntable</source>
        <translation>保存旋转影片</translation>
    </message>
    <message>
        <source>AVI films (*.avi)</source>
        <translation>AVI 影片 (*.avi)</translation>
    </message>
    <message>
        <source>MP4 films (*.mp4)</source>
        <translation>MP4 影片 (*.mp4)</translation>
    </message>
</context>
<context>
    <name>UpdatesDialog</name>
    <message>
        <source>Asking the server…</source>
        <translation>正在询问服务器…</translation>
    </message>
    <message>
        <source>Root of trust</source>
        <translation>信任根</translation>
    </message>
    <message>
        <source>Updates: {updates}, other models: {others}</source>
        <translation>更新：{updates}，其他模型：{others}</translation>
    </message>
    <message>
        <source>Everything that the server offers is here.</source>
        <translation>服务器提供的内容此处都已有。</translation>
    </message>
    <message>
        <source>Models added: {names}</source>
        <translation>已添加模型：{names}</translation>
    </message>
    <message>
        <source>Server: {url}
SHA-256 of its root: {fingerprint}</source>
        <translation>服务器：{url}
其信任根的 SHA-256：{fingerprint}</translation>
    </message>
    <message>
        <source>Download and add ({size})</source>
        <translation>下载并添加 ({size})</translation>
    </message>
    <message>
        <source>Download and add</source>
        <translation>下载并添加</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Your organisation&apos;s model server signs what it offers. Its root of trust, root.json, comes to you by another way than the server. The versions that are here stay, and you can go back to them.</source>
        <translation>您所在机构的模型服务器会签署其提供的内容。信任根 root.json 应通过服务器以外的途径交给您。此处已有的版本会保留，您可以退回。</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Trust this server</source>
        <translation>信任此服务器</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
    <message>
        <source>Forget server</source>
        <translation>不再信任</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ViewMenu</name>
    <message>
        <source>Window</source>
        <translation>窗宽/窗位</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>反相</translation>
    </message>
    <message>
        <source>Fit to view</source>
        <translation>适应视图</translation>
    </message>
    <message>
        <source>Maximise or restore</source>
        <translation>最大化或还原</translation>
    </message>
    <message>
        <source>Turn clockwise</source>
        <translation>顺时针旋转</translation>
    </message>
    <message>
        <source>Mirror left and right</source>
        <translation>左右镜像</translation>
    </message>
    <message>
        <source>Reset views</source>
        <translation>重置视图</translation>
    </message>
    <message>
        <source>Save view as picture…</source>
        <translation>将视图另存为图片…</translation>
    </message>
    <message>
        <source>Copy view</source>
        <translation>复制视图</translation>
    </message>
    <message>
        <source>Values as</source>
        <translation>数值显示为</translation>
    </message>
</context>
<context>
    <name>ViewerToolbar</name>
    <message>
        <source>Window</source>
        <translation>窗宽/窗位</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source> mm</source>
        <translation> mm</translation>
    </message>
    <message>
        <source>Slab thickness</source>
        <translation>层厚</translation>
    </message>
    <message>
        <source>What becomes of the values in the slab</source>
        <translation>厚层内各值的合成方式</translation>
    </message>
    <message>
        <source> /s</source>
        <translation> 层/秒</translation>
    </message>
    <message>
        <source>Slices a second</source>
        <translation>每秒层数</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>影像库</translation>
    </message>
    <message>
        <source>Set window</source>
        <translation>调整窗宽/窗位</translation>
    </message>
    <message>
        <source>Move crosshair</source>
        <translation>移动十字线</translation>
    </message>
    <message>
        <source>Scroll slices</source>
        <translation>翻阅层面</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>反相</translation>
    </message>
    <message>
        <source>Link positions</source>
        <translation>位置联动</translation>
    </message>
    <message>
        <source>Show crosshair</source>
        <translation>显示十字线</translation>
    </message>
    <message>
        <source>Play slices</source>
        <translation>电影播放</translation>
    </message>
    <message>
        <source>Show stored pixels</source>
        <translation>显示原始像素</translation>
    </message>
    <message>
        <source>Measure and annotate</source>
        <translation>测量和标注</translation>
    </message>
    <message>
        <source>Hide patient data</source>
        <translation>隐藏患者信息</translation>
    </message>
    <message>
        <source>Reset views</source>
        <translation>重置视图</translation>
    </message>
    <message>
        <source>Play back and forth</source>
        <translation>往返播放</translation>
    </message>
    <message>
        <source>Save view as picture…</source>
        <translation>将视图另存为图片…</translation>
    </message>
    <message>
        <source>Copy view</source>
        <translation>复制视图</translation>
    </message>
</context>
<context>
    <name>VolumeSurfaces</name>
    <message>
        <source>Add surfaces</source>
        <translation>添加表面</translation>
    </message>
    <message>
        <source>Surfaces and points ({kinds})</source>
        <translation>表面和点云 ({kinds})</translation>
    </message>
</context>
<context>
    <name>VolumeToolbar</name>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Look from</source>
        <translation>观察方向</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Clip planes</source>
        <translation>剖切面</translation>
    </message>
    <message>
        <source>Fuse with</source>
        <translation>融合</translation>
    </message>
    <message>
        <source>Add surfaces…</source>
        <translation>添加表面…</translation>
    </message>
    <message>
        <source>Remove surfaces</source>
        <translation>移除表面</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Shading</source>
        <translation>光照</translation>
    </message>
    <message>
        <source>Edit transfer function…</source>
        <translation>编辑传递函数…</translation>
    </message>
    <message>
        <source>Reset look</source>
        <translation>重置外观</translation>
    </message>
    <message>
        <source>Reset crop box</source>
        <translation>重置裁剪框</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Save turntable…</source>
        <translation>保存旋转影片…</translation>
    </message>
    <message>
        <source>Front (A)</source>
        <translation>前面 (A)</translation>
    </message>
    <message>
        <source>Back (P)</source>
        <translation>后面 (P)</translation>
    </message>
    <message>
        <source>Left (L)</source>
        <translation>左侧 (L)</translation>
    </message>
    <message>
        <source>Right (R)</source>
        <translation>右侧 (R)</translation>
    </message>
    <message>
        <source>Head (S)</source>
        <translation>头侧 (S)</translation>
    </message>
    <message>
        <source>Feet (I)</source>
        <translation>足侧 (I)</translation>
    </message>
    <message>
        <source>Volume rendering</source>
        <translation>容积再现 (VR)</translation>
    </message>
    <message>
        <source>Maximum intensity projection</source>
        <translation>最大密度投影 (MIP)</translation>
    </message>
    <message>
        <source>Minimum intensity projection</source>
        <translation>最小密度投影 (MinIP)</translation>
    </message>
    <message>
        <source>Mean projection</source>
        <translation>平均密度投影</translation>
    </message>
    <message>
        <source>Isosurface</source>
        <translation>等值面</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>黑色</translation>
    </message>
    <message>
        <source>Blue gradient</source>
        <translation>蓝色渐变</translation>
    </message>
    <message>
        <source>White</source>
        <translation>白色</translation>
    </message>
    <message>
        <source>No other volume lies in the same frame of reference</source>
        <translation>没有其他容积位于同一参考坐标系中</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Preset of colours and opacity</source>
        <translation>颜色和不透明度预设</translation>
    </message>
    <message>
        <source>Rotate with the left button</source>
        <translation>左键旋转</translation>
    </message>
    <message>
        <source>Move with the left button (always: Shift or middle button)</source>
        <translation>左键平移（随时可用：Shift 或中键）</translation>
    </message>
    <message>
        <source>Zoom with the left button (always: wheel or right button)</source>
        <translation>左键缩放（随时可用：滚轮或右键）</translation>
    </message>
    <message>
        <source>Shift colours and opacity with the left button (always: Ctrl)</source>
        <translation>左键移动颜色和不透明度（随时可用：Ctrl）</translation>
    </message>
    <message>
        <source>Crop box: drag its handles, or C and [ ]</source>
        <translation>裁剪框：拖动手柄，或按 C 和 [ ]</translation>
    </message>
    <message>
        <source>Clip planes: drag a middle, or the end of an arrow to turn</source>
        <translation>剖切面：拖动中心移动，拖动箭头末端旋转</translation>
    </message>
    <message>
        <source>Turn by itself</source>
        <translation>自动旋转</translation>
    </message>
    <message>
        <source>Reset the view (Home)</source>
        <translation>重置视图 (Home)</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>VolumeView</name>
    <message>
        <source>No volume is open.</source>
        <translation>未打开容积。</translation>
    </message>
</context>
<context>
    <name>WarningBadge</name>
    <message>
        <source>About this series</source>
        <translation>关于此序列</translation>
    </message>
    <message>
        <source>⚠ {count}</source>
        <translation>⚠ {count}</translation>
    </message>
    <message>
        <source>Warnings about this series: {count}</source>
        <translation>此序列的警告：{count} 条</translation>
    </message>
</context>
<context>
    <name>WorkStrip</name>
    <message>
        <source>{seconds} s left</source>
        <translation>剩余 {seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes} min left</source>
        <translation>剩余 {minutes} 分钟</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop; the store stays as it was</source>
        <translation>停止；模型库保持原样</translation>
    </message>
    <message>
        <source>Progress of the model store</source>
        <translation>模型库进度</translation>
    </message>
</context>
<context>
    <name>WorkspaceStack</name>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
</context>
<context>
    <name>_Choice</name>
    <message>
        <source>What has changed</source>
        <translation>有改动之处</translation>
    </message>
    <message>
        <source>None</source>
        <translation>不封闭</translation>
    </message>
    <message>
        <source>Small ones</source>
        <translation>小孔洞</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Dense points</source>
        <translation>稠密点</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>纹理</translation>
    </message>
</context>
<context>
    <name>_DeidentifyProgress</name>
    <message>
        <source>Stop; nothing is written then</source>
        <translation>停止；不会写入任何内容</translation>
    </message>
    <message>
        <source>Progress of the de-identification</source>
        <translation>去标识化进度</translation>
    </message>
</context>
<context>
    <name>_Entry</name>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>{path} is not there.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>“{text}” cannot be used as {form}.</source>
        <translation>“{text}”不能用作 {form}。</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Choose a file</source>
        <translation>选择文件</translation>
    </message>
</context>
<context>
    <name>_PacsProgress</name>
    <message>
        <source>Stop; what has come already stays</source>
        <translation>停止；已收到的内容会保留</translation>
    </message>
    <message>
        <source>Progress of the exchange</source>
        <translation>传输进度</translation>
    </message>
</context>
</TS>
